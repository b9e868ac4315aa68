#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels that come later than predictions, on a private bus with the real worker."""
import csv
import json
import os
import shlex
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gi.repository import GLib  # noqa: E402
from errata_bus import DaemonTest, NAME, make_log  # noqa: E402


class Labels(DaemonTest):
    config = '[inbox]\nsettle=1\n'

    def make(self, seed, first=0, rows=600):
        """A log as (predictions, labels), both lists of rows with their header."""
        path = make_log(self.path('whole.csv'), seed, rows)
        with open(path, newline='') as file:
            whole = list(csv.reader(file))
        for row in whole[1:]:
            row[0] = str(int(row[0]) + first)
        predictions = [row[:3] + row[4:] for row in whole]
        labels = [[row[0], row[3]] for row in whole]
        return predictions, labels

    def write(self, name, rows):
        path = os.path.join(self.inbox, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + '.part', 'w', newline='') as file:
            csv.writer(file).writerows(rows)
        os.rename(path + '.part', path)

    def open_json(self, job):
        fd = self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            return json.load(file)

    def labelled(self, report):
        return sum(w['labelled'] for w in report['performance']['windows'])

    def metric(self, report, name):
        return next(m['value'] for m in report['metrics'] if m['name'] == name)

    def errata(self, *arguments):
        return subprocess.run([os.environ['ERRATA'], *arguments], env=self.environment(),
                              capture_output=True, text=True, check=True, timeout=20)

    def ask(self, question, report, **options):
        options = dict(options, report=GLib.Variant('o', report))
        job, = self.manager('Ask', GLib.Variant('(sa{sv})', (question, options)))
        self.wait(lambda: self.property(job, 'Job', 'State') in ('reported', 'failed'))
        return json.loads(self.property(job, 'Job', 'Answer'))

    def check_asked(self, job):
        """what is asked of the rows, on the bus and on the command line, is what the report says"""
        report = self.open_json(job)
        plain = self.ask('accuracy', job['report'])
        self.assertTrue(plain['answered'], plain)
        self.assertAlmostEqual(plain['evidence']['A1']['value'], self.metric(report, 'accuracy'))
        count = self.ask('', job['report'],
                         plan=GLib.Variant('s', 'filter label is not missing | count'))
        self.assertEqual(count['evidence']['A1']['value'], self.labelled(report), count['text'])
        number = job['report'].rsplit('/', 1)[1]
        typed = json.loads(self.errata('ask', '--json', '--report', number, 'accuracy').stdout)
        self.assertEqual(typed['text'], plain['text'])

    def spool(self):
        return [n for n in os.listdir(self.path('state', 'spool')) if not n.startswith('tmp.')]

    def test_late(self):
        predictions, labels = self.make(1)
        self.start()
        self.write('m/log.csv', predictions)
        first, = self.wait_ended(1)
        before = self.open_json(first)
        self.assertEqual(first['state'], 'reported')
        self.assertIsNone(self.metric(before, 'accuracy'))
        self.assertIsNotNone(self.metric(before, 'cbpe_accuracy'))
        self.assertIn('no labels', before['verdict'])
        self.write('m/truth.csv', labels)
        _, second = self.wait_ended(2)
        self.assertEqual(second['state'], 'merged')
        report = self.open_json(second)
        self.assertEqual(self.labelled(report), 600)
        right = sum(p[3] == l[1] for p, l in zip(predictions[1:], labels[1:]))
        self.assertAlmostEqual(self.metric(report, 'accuracy'), right / 600)
        self.assertEqual(len(report['run']['inputs']), 2)
        self.check_asked(second)
        self.assertFalse(self.ask('accuracy', first['report'])['answered'])
        self.assertEqual(len(self.list_reports('m')), 2)
        old, new = first['report'], second['report']
        self.assertEqual([(r['path'], r.get('superseded-by')) for r in self.list_reports('m')],
                         [(old, new), (new, None)])
        for path, by in ((old, new), (new, '/')):
            self.assertEqual(self.property(path, 'Report', 'SupersededBy'), by)
        self.assertIn('superseded by 2', self.errata('reports').stdout)
        self.assertIn('report 2 is of the same log', self.errata('show', '1').stderr)
        self.assertEqual(self.errata('show', '2').stderr, '')
        self.stop()
        self.start()
        self.assertEqual(self.property(old, 'Report', 'SupersededBy'), new)
        # of the log, which its model may come for, and of the labels
        self.assertEqual(len(self.spool()), 2)
        self.check_nothing_unfinished()

    def test_in_parts_and_after_a_restart(self):
        predictions, labels = self.make(2)
        self.start()
        self.write('m/log.csv', predictions)
        self.wait_ended(1)
        self.write('m/part-1.csv', labels[:201] + [['100000', '1']])
        job = self.wait_ended(2)[1]
        report = self.open_json(job)
        self.assertEqual((job['state'], self.labelled(report)), ('merged', 200))
        self.assertTrue(any('not in the log' in w for w in report['run']['warnings']))
        judged = [w for w in report['performance']['windows'] if w['error'] is not None]
        self.assertTrue(all(w['labelled'] >= 0.8 * w['n'] for w in judged))
        self.assertLess(len(judged), len(report['performance']['windows']))
        self.kill()
        self.start()
        self.write('m/part-2.csv', labels[:1] + labels[201:])
        job = self.wait_ended(3)[2]
        self.assertEqual((job['state'], self.labelled(self.open_json(job))), ('merged', 600))
        self.check_asked(job)

    def test_labels_first(self):
        predictions, labels = self.make(3)
        self.start()
        self.write('m/truth.csv', labels)
        job, = self.wait_ended(1)
        self.assertEqual(job['state'], 'registered')
        self.write('m/log.csv', predictions)
        self.wait_ended(2)
        self.write('m/other-truth.csv', self.make(4, 5000)[1])  # of another log: no part of this one
        self.wait_ended(3)
        self.write('m/again.csv', predictions[:401])
        jobs = self.wait_ended(4)
        for job, rows in ((jobs[1], 600), (jobs[3], 400)):
            report = self.open_json(job)
            self.assertEqual(self.labelled(report), rows)
            self.assertEqual([os.path.basename(i['path']) for i in report['run']['inputs']],
                             [os.path.basename(job['input']), 'truth.csv'])
            self.check_asked(job)

    def test_the_right_one_of_several(self):
        self.start()
        logs = [self.make(10 + i, 1000 * i) for i in range(3)]
        for i, (predictions, _) in enumerate(logs):
            self.write('m/log-%d.csv' % i, predictions)
        self.wait_ended(3)
        self.write('m/truth.csv', logs[1][1])
        jobs = self.wait_ended(4)
        report = self.open_json(jobs[3])
        self.assertEqual((jobs[3]['state'], self.labelled(report)), ('merged', 600))
        named = [os.path.basename(word) for word in shlex.split(report['run']['command'])]
        self.assertEqual([word for word in named if word.endswith('.csv')],
                         ['truth.csv', 'log-1.csv'])
        self.assertEqual(sum(w['n'] for w in report['performance']['windows']), 600)

    def test_of_several_logs(self):
        """Labels of two logs at once: each log gets its own report again, none of both together."""
        self.start()
        logs = [self.make(10 + i, 1000 * i) for i in range(3)]
        for i, (predictions, _) in enumerate(logs):
            self.write('m/log-%d.csv' % i, predictions)
        self.wait_ended(3)
        self.write('m/truth.csv', logs[0][1] + logs[2][1][1:])
        jobs = self.wait_ended(6)
        self.assertEqual([job['state'] for job in jobs[3:]], ['merged', 'reported', 'reported'])
        self.assertEqual(jobs[3]['report'], '/')
        for job, (predictions, labels) in zip(jobs[4:], (logs[0], logs[2])):
            report = self.open_json(job)
            self.assertEqual((sum(w['n'] for w in report['performance']['windows']),
                              self.labelled(report)), (600, 600))
            right = sum(p[3] == l[1] for p, l in zip(predictions[1:], labels[1:]))
            self.assertAlmostEqual(self.metric(report, 'accuracy'), right / 600)
        self.check_nothing_unfinished()

    def test_the_report_before_is_the_baseline(self):
        self.start()
        for i in range(2):
            make_log(self.path('whole.csv'), 20 + i, 2000)
            with open(self.path('whole.csv'), newline='') as file:
                rows = list(csv.reader(file))
            for row in rows[1:]:
                if i == 1 and int(row[0]) % 4 == 0:  # the second is much worse
                    row[4] = str(1 - int(row[3]))
            self.write('m/log-%d.csv' % i, rows)
            self.wait_ended(i + 1)
        first, second = [self.open_json(job) for job in self.wait_ended(2)]
        self.assertEqual(first['run']['baseline']['kind'], 'first-half')
        self.assertEqual(second['run']['baseline']['kind'], 'report')
        self.assertNotIn('--baseline', first['run']['command'])
        named = shlex.split(second['run']['command'])
        named = named[named.index('--baseline') + 1]
        with open(os.path.join(named, 'report.json')) as file:
            self.assertEqual(json.load(file)['run']['id'], first['run']['id'])
        fall = [f for f in second['findings'] if f['kind'] == 'performance']
        self.assertEqual(len(fall), 1, fall)
        self.assertEqual(fall[0]['severity'], 'critical')
        self.assertAlmostEqual(fall[0]['subject']['from'], self.metric(first, 'accuracy'))

    def test_a_grown_log_is_joined_once(self):
        predictions, labels = self.make(4)
        self.start()
        self.write('m/log.csv', predictions[:401])
        self.wait_ended(1)
        self.write('m/log.csv', predictions)
        self.wait_ended(2)
        self.write('m/truth.csv', labels)
        job = self.wait_ended(3)[2]
        report = self.open_json(job)
        self.assertEqual((job['state'], self.labelled(report)), ('merged', 600))
        self.assertEqual(sum(w['n'] for w in report['performance']['windows']), 600)


if __name__ == '__main__':
    unittest.main()
