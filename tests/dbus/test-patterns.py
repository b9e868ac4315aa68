#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns through a sequence of drops, on a private bus with the real worker."""
import contextlib
import csv
import json
import os
import random
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errata_bus import DaemonTest, ERRATAD, NAME, ROOT  # noqa: E402
from gi.repository import GLib  # noqa: E402

MODEL = ROOT + '/models/m'


def make_log(path, seed, rate, rows=6000):
    """Where country is it and amount is over 400, predictions are wrong at that rate; elsewhere, 8 %."""
    rng = random.Random(seed)
    with open(path + '.part', 'w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['id', 'amount', 'country', 'label', 'prediction', 'score'])
        for row in range(rows):
            amount = round(rng.uniform(1, 900), 2)
            country = rng.choice(['de', 'fr', 'it'])
            label = int(rng.random() < 0.3)
            wrong = rng.random() < (rate if country == 'it' and amount > 400 else 0.08)
            prediction = 1 - label if wrong else label
            score = round(0.5 + (0.4 * rng.random() if prediction else -0.4 * rng.random()), 4)
            writer.writerow([f'{seed}-{row}', amount, country, label, prediction, score])
    os.rename(path + '.part', path)


class Patterns(DaemonTest):
    config = '[inbox]\nsettle=1\n[alerts]\nmin-severity=medium\n'

    def drop_rate(self, number, rate):
        """Drops the log, and returns its report.json once it is there."""
        os.makedirs(os.path.join(self.inbox, 'm'), exist_ok=True)
        make_log(os.path.join(self.inbox, 'm', f'{number}.csv'), number, rate)
        job = self.wait_ended(number)[number - 1]
        self.assertEqual(job['state'], 'reported', job)
        self.settle(0.3)
        fd = self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            return json.load(file)

    def slice_of(self, report):
        found = [f for f in report['findings'] if f['kind'] == 'slice' and
                 {p['column'] for p in f['subject']['predicates']} == {'amount', 'country'}]
        self.assertEqual(len(found), 1, [f['title'] for f in report['findings']])
        return found[0]

    def patterns(self, name='m'):
        return self.manager('ListPatterns', GLib.Variant('(suu)', (name, 0, 1000)))[0]

    def pattern(self, ident):
        return next(p for p in self.patterns() if p['id'] == ident)

    def sent(self, name, since):
        return [s for s in self.signals if s[3] == name and s[0] >= since]

    def states_sent(self, ident, since):
        return [s[4][1] for s in self.sent('PatternChanged', since) if s[4][0] == ident]

    def alerts(self, finding, report):
        path = self.list_reports('m')[report - 1]['path']
        return [s for s in self.signals if s[3] == 'Alert' and s[4][0] == path and s[4][1] == finding]

    def check(self, number, rate, ident, state, reports, alert):
        report = self.drop_rate(number, rate)
        finding = self.slice_of(report)
        self.assertEqual((finding['pattern']['state'], finding['pattern']['reports']), (state, reports))
        if ident is not None:
            self.assertEqual(finding['pattern']['id'], ident)
        self.assertEqual(len(self.alerts(finding['id'], number)), int(alert), state)
        return finding['pattern']

    def test_life(self):
        self.start()
        first = self.check(1, 0.5, None, 'new', 1, True)
        ident = first['id']
        self.assertEqual(self.states_sent(ident, 0), ['new'])
        self.check(2, 0.5, ident, 'recurring', 2, False)
        self.assertEqual(self.pattern(ident)['reports'], 2)
        self.stop()  # what is known outlives the daemon
        self.start()
        self.check(3, 0.8, ident, 'worse', 3, True)
        report = self.drop_rate(4, 0.08)
        since = report['performance']['since']
        self.assertTrue(since['changed'] and since['difference'] > 0, since)
        self.assertIn(' more than in the earlier report', report['verdict'])
        self.assertRegex(self.errata('show')[1], r'Since the last report\n +better +Accuracy rose')
        fixed = [p for p in report['patterns'] if p['id'] == ident]
        self.assertEqual([(p['state'], p['finding'], p['reports']) for p in fixed], [('fixed', None, 3)])
        self.assertEqual(self.pattern(ident)['state'], 'fixed')
        told = {p['id'] for p in report['patterns']}
        listed = self.patterns()
        self.assertEqual({p['id'] for p in listed if p['current']}, told)
        lines = self.errata('patterns', '--all')[1].splitlines()[::2]
        self.assertEqual({line.split()[0] for line in lines if '  not seen  ' in line},
                         {p['id'] for p in listed} - told, lines)
        compared = json.loads(self.errata('compare', '3', '4', '--json')[1])
        self.assertEqual({f['title'] for f in compared['fixed']},
                         {p['title'] for p in report['patterns'] if p['state'] == 'fixed'}, compared)
        self.check(5, 0.5, ident, 'regressed', 4, True)
        self.assertEqual(self.states_sent(ident, 0), ['new', 'worse', 'fixed', 'regressed'])
        self.call(MODEL, NAME + '.Model', 'Mute', GLib.Variant('(s)', (ident,)))
        self.assertTrue(self.pattern(ident)['muted'])
        self.check(6, 0.8, ident, 'muted', 5, False)
        self.assertEqual(self.states_sent(ident, 0), ['new', 'worse', 'fixed', 'regressed'])
        self.assertEqual(self.pattern(ident)['state'], 'worse')
        self.call(MODEL, NAME + '.Model', 'Unmute', GLib.Variant('(s)', (ident,)))
        last = self.check(7, 0.8, ident, 'recurring', 6, False)
        self.assertEqual(last['first_seen'], first['first_seen'])
        self.assertEqual(self.error_name(self.call, MODEL, NAME + '.Model', 'Mute',
                                         GLib.Variant('(s)', ('pnone',))), 'org.errata.Error.NotFound')
        self.assertEqual(self.patterns('other'), [])

    def run_errata(self, *arguments):
        program = os.path.join(os.path.dirname(ERRATAD), 'errata')
        return subprocess.run([program, *arguments], env=self.environment(), capture_output=True,
                              text=True, check=False, timeout=20)

    def errata(self, *arguments):
        done = self.run_errata(*arguments)
        return done.returncode, done.stdout

    def test_command_line(self):
        self.start()
        finding = self.slice_of(self.drop_rate(1, 0.5))
        ident = finding['pattern']['id']
        code, text = self.errata('patterns', 'm')
        self.assertEqual(code, 0)
        self.assertIn(f'{ident}  new', text)
        self.assertIn(finding['title'], text)
        self.assertNotEqual(self.errata('patterns', 'nomodel')[0], 0)
        self.assertEqual(self.errata('mute', ident[:6])[0], 0)
        self.assertTrue(self.pattern(ident)['muted'])
        self.assertNotIn(ident, self.errata('patterns')[1])
        listed = json.loads(self.errata('patterns', '--json')[1])
        self.assertEqual([p['muted'] for p in listed if p['id'] == ident], [True])
        self.assertIn(ident, self.errata('patterns', '--all')[1])
        self.assertEqual(self.errata('unmute', ident)[0], 0)
        self.assertFalse(self.pattern(ident)['muted'])
        self.assertEqual(self.errata('mute', 'pnone')[0], 1)
        self.assertEqual(self.pattern(ident)['reports'], 1)
        log = os.path.join(self.inbox, 'm', '1.csv')
        self.assertEqual(self.errata('submit', '--force', '--wait', '--name', 'm', log)[0], 0)
        self.assertEqual(self.pattern(ident)['reports'], 1, 'the same log again')
        rows = self.path('rows.csv')
        self.assertEqual(self.errata('export', 'm', '--what', 'slice-rows', '-o', rows)[0], 0)
        with open(rows) as file:
            self.assertGreater(len(file.readlines()), finding['rows']['count'])
        self.assertTrue(os.path.exists(rows + '.README.md'))
        self.assertEqual(self.errata('mute')[0], 2)

    def copy_patterns(self, name, to):
        """What is known of a model, also of another: as of two that began with the same log at once."""
        with contextlib.closing(sqlite3.connect(self.path('state', 'store.db'))) as store, store:
            columns = [row[1] for row in store.execute('PRAGMA table_info(pattern)') if row[1] != 'name']
            listed = ', '.join(columns)
            store.execute(f'INSERT OR REPLACE INTO pattern (name, {listed}) SELECT ?, {listed} FROM pattern'
                          ' WHERE name = ?', (to, name))

    def test_mute_one_of_two_models(self):
        """Two models with patterns of one id: the message says how to name the one that is meant."""
        self.start()
        ident = self.slice_of(self.drop_rate(1, 0.5))['pattern']['id']
        os.makedirs(os.path.join(self.inbox, 'n'))
        make_log(os.path.join(self.inbox, 'n', '2.csv'), 2, 0.08)
        self.wait_ended(2)
        self.stop()
        self.copy_patterns('m', 'n')
        self.start()
        done = self.run_errata('mute', ident)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn('“m” and “n” both have', done.stderr.replace('“n” and “m”', '“m” and “n”'))
        self.assertIn('--name MODEL', done.stderr)
        done = self.run_errata('mute', '--name', 'n', ident)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([[p['muted'] for p in self.patterns(name) if p['id'] == ident]
                          for name in ('m', 'n')], [[False], [True]])
        self.assertEqual(self.errata('unmute', ident, '--name', 'n')[0], 0)
        self.assertEqual([p['muted'] for p in self.patterns('n') if p['id'] == ident], [False])
        done = self.run_errata('mute', ident, '--name', 'none')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('no model called “none”', done.stderr)

    def test_one_model_one_job(self):
        """Two logs of a model dropped at once: the second knows what the first found."""
        self.write_config('[inbox]\nsettle=1\n[daemon]\nworkers=2\n')
        self.start()
        os.makedirs(os.path.join(self.inbox, 'm'))
        for number in (1, 2):
            make_log(os.path.join(self.inbox, 'm', f'{number}.csv'), number, 0.5)
        self.wait_ended(2)
        found = [p for p in self.patterns() if p['kind'] == 'slice']
        self.assertEqual([(p['reports'], p['state']) for p in found], [(2, 'recurring')])

    def test_made_again(self):
        """With a reference both logs are analysed again: nothing is fixed, nothing comes back."""
        for name, rates, states in (('bad-after', (0.08, 0.5), (None, 'new')),
                                    ('bad-before', (0.5, 0.08), ('new', 'fixed')),
                                    ('worse', (0.5, 0.8), ('new', 'worse'))):
            with self.subTest(name):
                self.check_made_again(name, rates, states)

    def check_made_again(self, name, rates, states):
        if self.daemon is None:
            self.start()
        folder = os.path.join(self.inbox, name)
        os.makedirs(folder)
        begun = len(self.jobs())
        for number, rate in enumerate(rates, 1):
            make_log(os.path.join(folder, f'{number}.csv'), number, rate)
            self.wait_ended(begun + number)
            self.settle(1.5)  # times of patterns are in whole seconds
        before = [p for p in self.patterns(name) if p['kind'] == 'slice']
        make_log(os.path.join(folder, 'reference.csv'), 9, 0.3)
        jobs = self.wait_ended(begun + 5)[begun + 3:]
        for job, state in zip(jobs, states):
            self.assertEqual(job['state'], 'reported', job)
            with os.fdopen(self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)) as file:
                report = json.load(file)
            found = [p for p in report['patterns'] if p['kind'] == 'slice']
            # what came after a log is not what it is told against
            self.assertEqual(report['performance']['since'] is None, job == jobs[0])
            count = 2 if state == 'worse' else 1
            self.assertEqual([(p['state'], p['reports']) for p in found],
                             [(state, count)] if state else [])
        after = [p for p in self.patterns(name) if p['kind'] == 'slice']
        for key in ('id', 'state', 'reports', 'first-seen', 'last-seen'):
            self.assertEqual([p[key] for p in after], [p[key] for p in before], key)

    def test_late_labels(self):
        """Labels in two parts: the log's report is made again, and its patterns count once."""
        self.start()
        os.makedirs(os.path.join(self.inbox, 'm'))
        make_log(self.path('whole.csv'), 1, 0.5)
        with open(self.path('whole.csv'), newline='') as file:
            rows = list(csv.reader(file))
        labels = [[row[0], row[3]] for row in rows]
        for number, part in enumerate(([row[:3] + row[4:] for row in rows], labels[:5401],
                                       labels[:1] + labels[5401:]), 1):
            path = os.path.join(self.inbox, 'm', f'{number}.csv')
            with open(path + '.part', 'w', newline='') as file:
                csv.writer(file).writerows(part)
            os.rename(path + '.part', path)
            job = self.wait_ended(number)[number - 1]
        with os.fdopen(self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)) as file:
            report = json.load(file)
        found = self.slice_of(report)['pattern']
        self.assertEqual((found['state'], found['reports']), ('new', 1))
        self.assertEqual([(p['state'], p['reports']) for p in self.patterns()
                          if p['id'] == found['id']], [('new', 1)])

    def test_older_store(self):
        """A store of before: what it knew of a pattern is what the next report compares with."""
        self.start()
        finding = self.slice_of(self.drop_rate(1, 0.5))
        self.drop_rate(2, 0.5)
        self.stop()
        with contextlib.closing(sqlite3.connect(self.path('state', 'store.db'))) as store, store:
            store.execute('DROP TABLE pattern_seen')
            store.execute('DROP INDEX job_other')
            store.execute('ALTER TABLE pattern DROP COLUMN unseen')
            store.execute('PRAGMA user_version = 6')
        self.start()
        self.assertEqual(self.pattern(finding['pattern']['id'])['reports'], 2)
        self.check(3, 0.8, finding['pattern']['id'], 'worse', 3, True)

    def test_killed(self):
        """However often the daemon is killed, a report counts once."""
        self.start()
        os.makedirs(os.path.join(self.inbox, 'm'))
        for number in (1, 2, 3):
            make_log(os.path.join(self.inbox, 'm', f'{number}.csv'), number, 0.5)
            for delay in (0.4, 0.9):
                self.settle(delay)
                self.kill()
                self.start()
            self.wait_ended(number)
        found = [p for p in self.patterns() if p['kind'] == 'slice']
        self.assertEqual([p['reports'] for p in found], [3])


unittest.main(verbosity=2)
