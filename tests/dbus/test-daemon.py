#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon on a private bus, with the real worker."""
import contextlib
import csv
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errata_bus import DaemonTest, ENDED, NAME, ROOT, WORKER, make_log  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402


class Inbox(DaemonTest):
    config = '[inbox]\nsettle=1\n'

    def test_drop_gives_a_report(self):
        self.start()
        path = self.drop('credit.csv', 1)
        before = os.stat(path)
        job, = self.wait_ended(1)
        self.assertEqual((job['state'], job['name'], job['input']),
                         ('reported', 'credit', 'credit.csv'))
        self.assertEqual(self.property(job['path'], 'Job', 'Rows'), 400)
        report, = self.list_reports()
        folder = os.path.join(self.reports, report['folder'])
        self.assertEqual(os.path.dirname(report['folder']), 'credit')
        self.assertLessEqual({'pdf', 'json'}, set(report['formats']))
        with open(os.path.join(folder, 'report.json')) as file:
            self.assertEqual(json.load(file)['run']['name'], 'credit')
        self.settle(0.5)
        ready = [s for s in self.signals if s[3] == 'ReportReady']
        self.assertEqual([s[4][0] for s in ready], [report['path']])
        after = os.stat(path)
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))
        with open(path, 'rb') as file:  # kept for a model that may come
            self.assertEqual(os.listdir(self.path('state', 'spool')),
                             [hashlib.sha256(file.read()).hexdigest()])
        self.check_nothing_unfinished()

    def test_nothing_is_told_before_it_is_there(self):
        self.start()
        for seed in (1, 2, 3):
            self.drop('m/%d.csv' % seed, seed)
            while True:
                ended = [j for j in self.jobs() if j['state'] == 'reported']
                if len(ended) == seed:
                    break
                self.settle(0.002)
            objects = self.call(ROOT, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')[0][0]
            for job in ended:
                self.assertIn(job['report'], objects)
                self.assertEqual(objects[job['path']][NAME + '.Job']['State'], 'reported')
            history = objects[ROOT + '/models/m'][NAME + '.Model']['History']
            self.assertEqual(len(history), seed)
            self.assertEqual(set(history), {j['report'] for j in ended})

    def test_same_bytes_once(self):
        self.start()
        path = self.drop('m/a.csv', 1)
        self.wait_ended(1)
        shutil.copy(path, os.path.join(self.inbox, 'm', 'b.csv'))
        first, second = self.wait_ended(2)
        self.assertEqual((second['state'], second['continues']), ('merged', first['path']))
        os.utime(path)
        self.settle(2.5)
        self.assertEqual(self.states(), ['reported', 'merged'])
        shutil.copy(path, os.path.join(self.inbox, 'other.csv'))  # another model
        self.wait_ended(3)
        self.manager('SubmitPaths', GLib.Variant('(asa{sv})', (
            [path], {'name': GLib.Variant('s', 'm'), 'force': GLib.Variant('b', True)})))
        self.manager('SubmitPaths', GLib.Variant('(asa{sv})', (
            [path], {'name': GLib.Variant('s', 'm')})))
        jobs = self.wait_ended(5)
        self.assertEqual(self.states(), ['reported', 'merged', 'reported', 'reported', 'merged'])
        self.assertEqual(jobs[4]['continues'], jobs[3]['path'])
        self.kill()
        self.start()
        self.settle(1)
        self.assertEqual(len(self.jobs()), 5)

    def test_what_waits_is_told_while_files_are_taken_in(self):
        """Of files with the same bytes no job runs, and the count goes down all the same."""
        path = make_log(self.path('a.csv'), 1, 20)
        os.makedirs(os.path.join(self.inbox, 'm'))
        for i in range(500):
            shutil.copy(path, os.path.join(self.inbox, 'm', '%d.csv' % i))
        self.start()

        def told():
            return [s[4][1]['Waiting'] for s in self.signals if s[1] == ROOT and
                    s[3] == 'PropertiesChanged' and 'Waiting' in s[4][1]]

        self.wait(lambda: told() and max(told()) > 100 and told()[-1] == 0)
        self.assertTrue(any(0 < waiting < 250 for waiting in told()), told())

    def test_unfinished_names_wait_for_their_rename(self):
        self.start()
        for ending in ('.part', '.tmp', '.crdownload', '~'):
            self.drop('x.csv' + ending, 1)
        self.drop('.hidden.csv', 2)
        self.settle(2.5)
        self.assertEqual(self.jobs(), [])
        os.rename(os.path.join(self.inbox, 'x.csv.part'), os.path.join(self.inbox, 'x.csv'))
        job, = self.wait_ended(1)
        self.assertEqual((job['name'], job['state']), ('x', 'reported'))

    def test_folders_are_models(self):
        os.makedirs(os.path.join(self.inbox, 'before'))
        make_log(os.path.join(self.inbox, 'before', 'log.csv'), 1)
        self.start()
        self.wait_ended(1)
        make_log(self.path('moved.csv'), 2)
        os.makedirs(self.path('later', 'deep'))
        os.rename(self.path('moved.csv'), self.path('later', 'deep', 'log.csv'))
        os.rename(self.path('later'), os.path.join(self.inbox, 'later'))
        self.wait_ended(2)
        self.drop('later/second.csv', 3)
        jobs = self.wait_ended(3)
        self.assertEqual([j['name'] for j in jobs], ['before', 'later', 'later'])
        self.assertEqual({j['state'] for j in jobs}, {'reported'})
        self.wait(lambda: len(self.property(ROOT + '/models/later', 'Model', 'History')) == 2,
                  10, 'the history was not read again')

    def test_reference_and_configuration_are_registered(self):
        os.makedirs(os.path.join(self.inbox, 'fraud'))
        with open(os.path.join(self.inbox, 'fraud', 'errata.conf'), 'w') as file:
            file.write('[roles]\ncountry=group\n')
        make_log(os.path.join(self.inbox, 'fraud', 'reference.csv'), 1)
        make_log(os.path.join(self.inbox, 'fraud', 'log.csv'), 2)
        self.start()
        jobs = self.wait_ended(3)
        self.assertEqual([j['state'] for j in jobs], ['registered', 'registered', 'reported'], jobs)
        fd = self.call(jobs[2]['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            report = json.load(file)
        self.assertEqual(report['run']['baseline']['kind'], 'reference')
        roles = {c['name']: c['role'] for c in report['schema']['columns']}
        self.assertEqual(roles['country'], 'group')
        with open(os.path.join(self.inbox, 'fraud', 'errata.conf'), 'w') as file:
            file.write('[inbox]\nafter=delete\n')
        jobs = self.wait_ended(4)
        self.assertEqual((jobs[3]['state'], jobs[3]['error-code']),
                         ('failed', 'org.errata.Error.Config'))

    def test_configuration_of_no_model(self):
        """errata.conf at the inbox's root, or deeper than a model's folder, says where it belongs."""
        os.makedirs(os.path.join(self.inbox, 'fraud', 'old'))
        for folder in ('', 'fraud/old'):
            with open(os.path.join(self.inbox, folder, 'errata.conf'), 'w') as file:
                file.write('[roles]\ncountry=group\n# %s\n' % folder)
        self.start()
        jobs = self.wait_ended(2)
        self.assertEqual({(j['state'], j['error-code']) for j in jobs}, {('failed', 'org.errata.Error.Config')})
        for job in jobs:
            self.assertIn('NAME/errata.conf', job['error'])

    def test_reference_beside_an_earlier_report(self):
        """The baseline is the reference; the headline is told against the report before, too."""
        os.makedirs(os.path.join(self.inbox, 'fraud'))
        self.start()
        since = []
        for number, name in enumerate(('reference', 'log1', 'log2'), 1):
            make_log(os.path.join(self.inbox, 'fraud', name + '.csv'), number)
            job = self.wait_ended(number)[number - 1]
            if name == 'reference':
                continue
            with os.fdopen(self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)) as file:
                report = json.load(file)
            self.assertEqual(report['run']['baseline']['kind'], 'reference')
            since.append(report['performance']['since'])
        self.assertIsNone(since[0])
        self.assertEqual(since[1]['metric'], 'accuracy')

    def test_model_is_registered(self):
        os.makedirs(os.path.join(self.inbox, 'trees'))
        model = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'fuzz',
                             'corpus', 'xgboost', 'binary')
        shutil.copy(model, os.path.join(self.inbox, 'trees', 'model.json'))
        self.start()
        job, = self.wait_ended(1)
        self.assertEqual(job['state'], 'registered', job)
        path = ROOT + '/models/trees'
        self.wait(lambda: self.property(path, 'Model', 'Current'), 10, 'no current model')
        answer = self.call(path, NAME + '.Model', 'Explain',
                           GLib.Variant('(a{sv}a{sv})', ({'a': GLib.Variant('d', 1.5)}, {})))[0]
        if not isinstance(answer, str):
            answer = answer[0]
        self.wait(lambda: self.property(answer, 'Job', 'State') in ENDED, 20, 'no answer')
        self.assertEqual(self.property(answer, 'Job', 'State'), 'reported',
                         self.property(answer, 'Job', 'Error'))
        explained = json.loads(self.property(answer, 'Job', 'Answer'))
        self.assertTrue(explained['attribution'][0]['features'])
        self.assertEqual(explained['nearest_errors'], [])
        self.explain_beside_a_log(path)

    def explain_beside_a_log(self, path):
        log = os.path.join(self.scratch, 'beside.csv')
        with open(log, 'w', encoding='ascii') as file:
            file.write('id,a,b,label,prediction\n')
            for i in range(300):
                file.write(f'r{i},{i % 17 / 4},{i % 5},{int(i % 3 == 0)},{int(i % 4 == 0)}\n')
        fds = Gio.UnixFDList.new()
        with open(log, 'rb') as file:
            place = fds.append(file.fileno())
        row = {'a': GLib.Variant('d', 1.5)}
        answer = self.call(path, NAME + '.Model', 'Explain',
                           GLib.Variant('(a{sv}a{sv})', (row, {'log': GLib.Variant('h', place)})),
                           fds)[0]
        if not isinstance(answer, str):
            answer = answer[0]
        self.wait(lambda: self.property(answer, 'Job', 'State') in ENDED, 20, 'no answer')
        explained = json.loads(self.property(answer, 'Job', 'Answer'))
        self.assertEqual(len(explained['nearest_errors']), 5)
        self.assertIn('id', explained['nearest_errors'][0])
        self.assertEqual(
            self.error_name(self.call, path, NAME + '.Model', 'Explain',
                            GLib.Variant('(a{sv}a{sv})', (row, {'logs': GLib.Variant('s', 'x')}))),
            'org.errata.Error.Usage')

    def test_log_before_its_model_or_reference(self):
        self.start()
        self.drop('late/log.csv', 1)
        self.wait_ended(1)
        make_log(os.path.join(self.inbox, 'late', 'reference.csv'), 2)
        jobs = self.wait_ended(3)
        self.assertEqual([(j['state'], j['input']) for j in jobs],
                         [('reported', 'late/log.csv'), ('registered', 'late/reference.csv'),
                          ('reported', 'late/log.csv')])
        fd = self.call(jobs[2]['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            self.assertEqual(json.load(file)['run']['baseline']['kind'], 'reference')
        make_log(os.path.join(self.inbox, 'late', 'reference.csv'), 3)  # a later one: for later logs
        self.wait_ended(4)
        model = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'fuzz',
                             'corpus', 'xgboost', 'binary')
        shutil.copy(model, os.path.join(self.inbox, 'late', 'model.json'))
        jobs = self.wait_ended(6)
        self.assertEqual([(j['state'], j['input']) for j in jobs[4:]],
                         [('registered', 'late/model.json'), ('reported', 'late/log.csv')])
        self.kill()
        self.start()
        self.settle(1)
        self.assertEqual(len(self.jobs()), 6)

    def test_growing_log(self):
        self.start()
        path = self.drop('m/log.csv', 1, 400)
        self.wait_ended(1)
        with open(path) as file:
            lines = file.readlines()
        with open(path, 'a') as file:
            file.writelines(lines[1:201])
        first, second = self.wait_ended(2)
        self.assertEqual(second['continues'], first['path'])
        self.assertEqual((first['state'], second['state']), ('reported', 'merged'))
        self.assertEqual(self.property(second['path'], 'Job', 'MergedInto'), first['path'])
        self.assertNotEqual(second['report'], first['report'])
        fd = self.call(second['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            self.assertEqual(json.load(file)['run']['inputs'][0]['rows'], 600)

    def test_left_open_is_taken_when_it_settles(self):
        self.start()
        with open(make_log(self.path('x'), 1)) as file:
            text = file.read()
        with open(os.path.join(self.inbox, 'open.csv'), 'w') as file:
            file.write(text)
            file.flush()
            job, = self.wait_ended(1)
            self.assertEqual(job['state'], 'reported')
        self.settle(2.5)
        self.assertEqual(len(self.jobs()), 1)

    def test_linked_in(self):
        self.start()
        os.link(make_log(self.path('x'), 1), os.path.join(self.inbox, 'linked.csv'))
        self.wait_ended(1)

    def test_lost_notifications(self):
        self.start()
        with open('/proc/sys/fs/inotify/max_queued_events') as file:
            limit = int(file.read())
        if limit > 100000:
            self.fail('fs.inotify.max_queued_events is too large to be passed here')
        self.daemon.send_signal(signal.SIGSTOP)
        names = [os.path.join(self.inbox, name) for name in ('.a', '.b')]
        for i in range(limit // 2 + 10):
            os.close(os.open(names[i % 2], os.O_WRONLY | os.O_CREAT))
        self.drop('after.csv', 1)
        self.daemon.send_signal(signal.SIGCONT)
        job, = self.wait_ended(1)
        self.assertEqual(job['name'], 'after')

    def test_inbox_is_made_again(self):
        self.start()
        shutil.rmtree(self.inbox)
        self.wait(lambda: os.path.isdir(self.inbox))
        self.drop('x.csv', 1)
        self.wait_ended(1)

    def test_after(self):
        self.write_config('[inbox]\nsettle=1\nafter=archive\n')
        self.start()
        path = self.drop('m/x.csv', 1)
        self.wait_ended(1)
        self.wait(lambda: not os.path.exists(path))
        self.assertTrue(os.path.exists(os.path.join(self.inbox, '.archive', 'm', 'x.csv')))
        self.write_config('[inbox]\nsettle=1\nafter=delete\n')
        self.settle(0.5)
        path = self.drop('m/y.csv', 2)
        bad = os.path.join(self.inbox, 'm', 'bad.csv')
        with open(bad, 'w') as file:
            file.write('a,b\n')
        self.wait_ended(3)
        self.wait(lambda: not os.path.exists(path))
        self.assertTrue(os.path.exists(bad))  # what failed stays


class Failures(DaemonTest):
    config = '[inbox]\nsettle=1\nmax-bytes=100kB\n'

    def error_text(self, *parts):
        with open(os.path.join(self.reports, *parts)) as file:
            return file.read()

    def test_reasons(self):
        self.start()
        with open(os.path.join(self.inbox, 'bad.csv'), 'w') as file:
            file.write('id,label,prediction\n')
        with open(os.path.join(self.inbox, 'empty.csv'), 'w'):
            pass
        os.symlink('/etc/passwd', os.path.join(self.inbox, 'link.csv'))
        os.symlink('/etc', os.path.join(self.inbox, 'folder'))
        os.mkfifo(os.path.join(self.inbox, 'pipe.csv'))
        self.drop('big.csv', 1, 9000)
        jobs = {job['name']: job for job in self.wait_ended(6)}
        self.assertEqual({job['state'] for job in jobs.values()}, {'failed'})
        self.assertIn('symbolic link', jobs['link']['error'])
        self.assertIn('symbolic link', jobs['folder']['error'])
        self.assertIn('not a regular file', jobs['pipe']['error'])
        self.assertEqual(jobs['big']['error-code'], 'org.errata.Error.Limit')
        for name, job in jobs.items():
            self.wait(lambda: os.path.exists(os.path.join(self.reports, name + '.error.txt')))
            text = self.error_text(name + '.error.txt')
            self.assertIn(job['input'], text)
            self.assertIn(job['error'], text)
            self.assertIn('What to do', text)
        self.settle(2)
        self.manager('Rescan')
        self.settle(1)
        self.assertEqual(len(self.jobs()), 6)  # each failed once
        self.drop('bad.csv', 2)
        self.wait_ended(7)
        self.wait(lambda: not os.path.exists(os.path.join(self.reports, 'bad.error.txt')))

    def test_reports_cannot_be_written(self):
        blocked = self.path('blocked')
        with open(blocked, 'w'):
            pass
        self.start('--reports', os.path.join(blocked, 'reports'))
        self.drop('x.csv', 1)
        job, = self.wait_ended(1)
        self.assertEqual((job['state'], job['error-code']), ('failed', 'org.errata.Error.Io'))
        self.assertIn(blocked, job['error'])
        self.assertEqual(self.property(ROOT, 'Manager', 'Running'), 0)  # still serving

    def mount(self, options):
        os.makedirs(self.reports, exist_ok=True)
        sudo = ['sudo', '-n'] if os.getuid() != 0 and shutil.which('sudo') else []
        done = subprocess.run([*sudo, 'mount', '-t', 'tmpfs', '-o', options, 'tmpfs', self.reports],
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:  # a container without the right to
            self.skipTest(done.stderr.strip())
        self.umount = [*sudo, 'umount', '-l', self.reports]
        self.addCleanup(subprocess.run, self.umount, stderr=subprocess.DEVNULL)

    def test_reports_are_full_or_read_only(self):
        for options, seed in (('size=64k', 1), ('ro', 2)):
            self.mount(options)
            if seed == 1:
                self.start()
            self.drop('x%d.csv' % seed, seed)
            job = self.wait_ended(seed)[-1]
            self.assertEqual((job['state'], job['error-code']),
                             ('failed', 'org.errata.Error.Io'), job)
            self.assertEqual(os.listdir(self.reports), [] if seed == 2 else ['x1.error.txt'])
            subprocess.run(self.umount, check=True)
        self.drop('x3.csv', 3)
        self.assertEqual(self.wait_ended(3)[-1]['state'], 'reported')
        self.assertEqual(self.list_reports()[0]['name'], 'x3')

    def test_a_name_of_any_bytes(self):
        self.start()
        make_log(self.path('x'), 1)
        os.rename(self.path('x'), os.path.join(self.inbox.encode(), b'\xff\x01.csv'))
        os.symlink('/etc/passwd', os.path.join(self.inbox.encode(), b'\xfe.csv'))
        jobs = self.wait_ended(2)
        self.assertEqual(sorted(job['state'] for job in jobs), ['failed', 'reported'])

    def script(self, text):
        path = self.path('worker')
        with open(path, 'w') as file:
            file.write('#!/bin/sh\n' + text)
        os.chmod(path, 0o755)
        return path

    def test_a_file_that_crashes_the_worker_is_poisoned(self):
        self.worker = self.script('echo x >>%s\nkill -SEGV $$\n' % self.path('runs'))
        self.start()
        self.drop('x.csv', 1)
        job, = self.wait_ended(1)
        self.assertEqual((job['state'], job['error-code']), ('failed', 'org.errata.Error.Worker'))
        self.assertIn('poisoned', job['error'])
        with open(self.path('runs')) as file:
            self.assertEqual(len(file.readlines()), 2)  # once more, alone
        self.check_nothing_unfinished()

    def test_a_kill_from_outside_never_counts(self):
        self.worker = self.script(
            'echo x >>%s\n[ $(wc -l <%s) -gt 3 ] && exec %s "$@"\nkill -KILL $$\n'
            % (self.path('runs'), self.path('runs'), WORKER))
        self.start()
        self.drop('x.csv', 1)
        job, = self.wait_ended(1)
        self.assertEqual(job['state'], 'reported')

    def test_cancel(self):
        self.worker = self.script('exec sleep 60\n')
        self.start()
        self.drop('a.csv', 1)
        self.drop('b.csv', 2)
        self.wait(lambda: 'reading' in self.states() and len(self.jobs()) == 2)
        for job in self.jobs():
            self.call(job['path'], NAME + '.Job', 'Cancel')
        self.wait_ended(2)
        self.assertEqual(self.states(), ['cancelled', 'cancelled'])
        for job in self.jobs():
            self.wait(lambda: self.property(job['path'], 'Job', 'State') == 'cancelled')
        self.assertEqual(
            self.error_name(self.call, self.jobs()[0]['path'], NAME + '.Job', 'Cancel'),
            'org.errata.Error.Usage')
        self.check_nothing_unfinished()


class Bus(DaemonTest):
    config = '[inbox]\nsettle=1\n[alerts]\nmin-severity=info\n'

    def submit(self, path, **options):
        fds = Gio.UnixFDList()
        fd = os.open(path, os.O_RDONLY)
        handle = fds.append(fd)
        os.close(fd)
        return self.call(ROOT, NAME + '.Manager', 'Submit',
                         GLib.Variant('(aha{sv})', ([handle], options)), fds)[0][0]

    def test_report_methods(self):
        self.start()
        for seed in (1, 2):
            job, = self.submit(make_log(self.path('m.csv'), seed, 3000))
            self.assertTrue(job.startswith(ROOT + '/jobs/'))
            self.wait_ended(seed)
        first, second = [report['path'] for report in self.list_reports('m')]
        listed = self.report(first, 'ListFindings', GLib.Variant('(uu)', (0, 100)))[0]
        self.assertEqual(len(listed), self.property(first, 'Report', 'FindingCount'))
        self.assertGreater(len(listed), 0)
        self.assertEqual(listed[0]['id'], 'F1')
        finding = self.report(first, 'GetFinding', GLib.Variant('(s)', ('F1',)))[0]
        self.assertEqual(finding['title'], listed[0]['title'])
        self.assertGreater(len(finding['evidence']), 0)
        self.assertIn('value', finding['evidence'][0])
        with_rows = [f for f in listed if f['row-count'] > 0]
        rows = self.report(first, 'Rows', GLib.Variant('(suu)', (with_rows[0]['id'], 1, 5)))[0]
        self.assertEqual(len(rows), min(5, with_rows[0]['row-count'] - 1))
        self.assertEqual(len(rows[0]), 3)
        compared = self.report(second, 'Compare', GLib.Variant('(o)', (first,)))[0]
        self.assertLessEqual({'metrics', 'new', 'fixed', 'worse', 'better', 'same'},
                             set(compared))
        accuracy, = [m for m in compared['metrics'] if m['name'] == 'accuracy']
        self.assertAlmostEqual(accuracy['delta'], accuracy['to'] - accuracy['from'])
        with os.fdopen(self.call(first, NAME + '.Report', 'Open', GLib.Variant(
                '(s)', ('pdf',)))[1].get(0), 'rb') as file:
            self.assertEqual(file.read(5), b'%PDF-')
        self.assertEqual(self.error_name(self.report, first, 'GetFinding',
                                         GLib.Variant('(s)', ('F999',))),
                         'org.errata.Error.NotFound')
        self.assertEqual(self.error_name(self.report, first, 'Open',
                                         GLib.Variant('(s)', ('../report.json',))),
                         'org.errata.Error.NotFound')
        self.assertEqual(self.manager('FindReport', GLib.Variant('(s)', ('m',)))[0], second)
        self.assertEqual(self.manager('FindReport', GLib.Variant('(s)', ('',)))[0], second)
        self.assertTrue([s for s in self.signals if s[3] == 'Alert'])

    def ask(self, question, **options):
        job, = self.manager('Ask', GLib.Variant('(sa{sv})', (question, options)))
        self.wait(lambda: self.property(job, 'Job', 'State') in ('reported', 'failed'))
        return json.loads(self.property(job, 'Job', 'Answer'))

    def test_questions(self):
        self.start()
        self.assertEqual(self.error_name(self.ask, 'how many rows?'), 'org.errata.Error.NotFound')
        self.drop('m.csv', 1)
        self.wait_ended(1)
        with open(os.path.join(self.inbox, 'm.csv')) as file:
            rows = list(csv.DictReader(file))
        right = [row['label'] == row['prediction'] for row in rows if row['country'] == 'it']
        answer = self.ask('accuracy for it')
        self.assertTrue(answer['answered'], answer)
        self.assertIn('the %d rows' % len(right), answer['text'])
        self.assertIn('%.0f' % (100 * sum(right) / len(right)), answer['text'])
        report, = self.list_reports()
        planned = self.ask('', plan=GLib.Variant('s', "filter country = 'it' | metric accuracy"),
                           report=GLib.Variant('o', report['path']))
        self.assertEqual(planned['text'], answer['text'])
        self.assertFalse(self.ask('what is love?')['answered'])
        self.assertEqual(self.error_name(self.ask, ''), 'org.errata.Error.Usage')
        self.assertEqual(self.error_name(lambda: self.ask('x', report=GLib.Variant('o', '/x'))),
                         'org.errata.Error.NotFound')

    def failure(self, function, *args, **more):
        with self.assertRaises(GLib.Error) as caught:
            function(*args, **more)
        return Gio.DBusError.get_remote_error(caught.exception), caught.exception.message

    def test_questions_with_options(self):
        """what is unknown or of a wrong type is told; a job just submitted has no report yet, then it has one"""
        self.start()
        job, = self.submit(make_log(self.path('m.csv'), 1, 3000))
        name, why = self.failure(self.ask, 'how many rows?', job=GLib.Variant('o', job))
        self.assertEqual(name, 'org.errata.Error.NotFound')
        self.assertRegex(why, 'has no report yet: it is [a-z]+; ask again when')
        self.wait(lambda: self.property(job, 'Job', 'State') == 'reported')
        answer = self.ask('', plan=GLib.Variant('s', 'findings'), job=GLib.Variant('o', job))
        self.assertTrue(answer['answered'], answer)
        for options in ({'raport': GLib.Variant('o', '/x')}, {'plan': GLib.Variant('o', '/x')},
                        {'report': GLib.Variant('s', '/x')}, {'job': GLib.Variant('x', 1)}):
            name, why = self.failure(self.ask, 'how many rows?', **options)
            self.assertEqual(name, 'org.errata.Error.Usage', options)
            self.assertIn("option '%s' is unknown or of a wrong type" % list(options)[0], why)
        name, why = self.failure(self.ask, 'x', job=GLib.Variant('o', '/org/errata/Errata1/jobs/99'))
        self.assertEqual(name, 'org.errata.Error.NotFound')
        name, _ = self.failure(self.ask, 'x', job=GLib.Variant('o', job),
                               report=GLib.Variant('o', self.list_reports()[0]['path']))
        self.assertEqual(name, 'org.errata.Error.Usage')

    def test_questions_about_a_log_that_the_daemon_has_no_more(self):
        """the answer says how it may be given; then it is read from the descriptor"""
        self.start()
        log = make_log(self.path('m.csv'), 1)
        self.submit(log)
        self.wait_ended(1)
        os.rename(log, log + '.moved')
        shutil.rmtree(self.path('state', 'spool'))
        answer = self.ask('how many rows?')
        self.assertFalse(answer['answered'])
        self.assertIn('over D-Bus, the option log', answer['why'])
        fds = Gio.UnixFDList.new()
        with open(log + '.moved', 'rb') as file:
            place = fds.append(file.fileno())
        options = {'log': GLib.Variant('h', place)}
        job, = self.call(ROOT, NAME + '.Manager', 'Ask',
                         GLib.Variant('(sa{sv})', ('how many rows?', options)), fds)[0]
        self.wait(lambda: self.property(job, 'Job', 'State') in ('reported', 'failed'))
        self.assertIn('400 rows', json.loads(self.property(job, 'Job', 'Answer'))['text'])
        self.assertEqual(self.failure(self.ask, 'how many rows?', log=GLib.Variant('h', 0))[0],
                         'org.errata.Error.Usage')

    def test_questions_planned_by_a_model(self):
        """keywords do not do: the configured model gives a wrong plan, is told so, gives a right one"""
        sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'llm'))
        from scripted import Server  # pylint: disable=import-outside-toplevel
        server = Server()
        self.write_config('[inbox]\nsettle=1\n[llm]\nurl=%s\ntimeout=5s\n' % server.url('crlf'))
        self.start()
        self.drop('m.csv', 1)
        self.wait_ended(1)
        left = [{'steps': [{'op': 'filter', 'where': 'land = it'}, {'op': 'count'}]},
                {'steps': [{'op': 'filter', 'where': 'country = it'}, {'op': 'count'}]}]
        server.answers = lambda body: json.dumps(left.pop(0))
        answer = self.ask('how many are from Italy?')
        self.assertTrue(answer['answered'], answer)
        self.assertEqual((answer['planner'], answer['plan']), ('llm', 'filter country = it | count'))
        self.assertEqual(left, [])

    def test_explain_needs_a_model(self):
        self.start()
        self.drop('m.csv', 1)
        self.wait_ended(1)
        self.assertEqual(
            self.error_name(self.call, ROOT + '/models/m', NAME + '.Model', 'Explain',
                            GLib.Variant('(a{sv}a{sv})', ({}, {}))),
            'org.errata.Error.Unsupported')

    def test_bad_submissions(self):
        self.start()
        for parameters in ((['relative.csv'], {}), (['/x'], {'nmae': GLib.Variant('s', 'm')})):
            self.assertEqual(self.error_name(self.manager, 'SubmitPaths',
                                             GLib.Variant('(asa{sv})', parameters)),
                             'org.errata.Error.Usage')
        read, write = os.pipe()
        self.assertEqual(self.error_name(self.submit, '/proc/self/fd/%d' % read),
                         'org.errata.Error.Usage')
        os.close(read)
        os.close(write)
        good = make_log(self.path('good.csv'), 1)
        for path, error in (('/none/there.csv', 'NotFound'), (good + '/x', 'NotFound'),
                            (self.scratch, 'Usage'), ('/dev/null', 'Usage')):
            self.assertEqual(self.error_name(self.manager, 'SubmitPaths',
                                             GLib.Variant('(asa{sv})', ([good, path], {}))),
                             'org.errata.Error.' + error)
        self.assertEqual(self.jobs(), [])

    def test_system_bus_takes_no_paths(self):
        self.start('--system')
        self.assertEqual(self.error_name(self.manager, 'SubmitPaths',
                                         GLib.Variant('(asa{sv})', (['/etc/passwd'], {}))),
                         'org.errata.Error.Unsupported')
        self.submit(make_log(self.path('m.csv'), 1))
        self.wait_ended(1)
        self.assertEqual(self.states(), ['reported'])

    def test_progress_is_told_at_most_four_times_a_second(self):
        self.start()
        self.drop('m.csv', 1, 60000)
        self.wait_ended(1)
        told = [s[0] for s in self.signals
                if s[3] == 'PropertiesChanged' and 'Progress' in s[4][1] and 'State' not in s[4][1]]
        for i in range(len(told) - 5):
            self.assertGreater(told[i + 5] - told[i], 0.9)

    def test_configuration_is_read_again(self):
        self.start()
        self.write_config('[inbox]\nsettle=soon\n')
        self.wait(lambda: self.property(ROOT, 'Manager', 'ConfigError') != '')
        error = self.property(ROOT, 'Manager', 'ConfigError')
        self.assertIn('errata.conf line 2', error)
        self.assertIn('settle', error)
        self.drop('m.csv', 1)  # the last good one is in force
        self.wait_ended(1)
        other = self.path('elsewhere')
        self.write_config('[inbox]\nsettle=1\npath=%s\n' % other)
        self.wait(lambda: self.property(ROOT, 'Manager', 'Inbox') == other)
        self.assertEqual(self.property(ROOT, 'Manager', 'ConfigError'), '')
        make_log(os.path.join(other, 'n.csv'), 2)
        self.wait_ended(2)

    def test_a_second_daemon_is_refused(self):
        self.start()
        first = self.daemon
        second = subprocess.run([os.environ['ERRATAD']], env=self.environment(),
                                capture_output=True, timeout=10)
        self.assertEqual(second.returncode, 1)
        self.assertIn(b'another erratad', second.stderr)
        self.assertIsNone(first.poll())

    def test_stop_and_resume(self):
        self.start()
        self.drop('m/a.csv', 1)
        self.wait_ended(1)
        self.wait(lambda: self.property(ROOT, 'Manager', 'Waiting') == 0)
        self.settle(0.5)
        self.stop()  # with nothing under way all is freed
        self.start()
        self.drop('m/b.csv', 2, 100000)
        self.wait(lambda: 'reading' in self.states())
        self.stop()
        self.drop('m/c.csv', 3)
        self.start()
        self.wait_ended(3)
        self.assertEqual(self.states(), ['reported'] * 3)
        self.assertEqual(len(self.list_reports('m')), 3)
        self.check_nothing_unfinished()

    def test_ready_and_idle_exit(self):
        self.write_config('[inbox]\nsettle=1\n[daemon]\nidle-exit=1\n')
        address = self.path('notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(address)
            notify.settimeout(5)
            self.start(NOTIFY_SOCKET=address)
            told = [notify.recv(200)]
            self.assertEqual(self.daemon.wait(60), 0)
            while told[-1] != b'STOPPING=1':
                told.append(notify.recv(200))
        self.assertIn(b'READY=1', told)

    def test_retention(self):
        self.write_config('[inbox]\nsettle=1\n[store]\nkeep=1\n')  # one byte
        self.start()
        first = self.drop('m/a.csv', 1)
        self.wait_ended(1)
        self.wait(lambda: self.list_reports() == [])
        self.wait(lambda: not os.path.exists(os.path.join(self.reports, 'm')))
        self.write_config('[inbox]\nsettle=1\n')
        self.settle(0.5)
        self.drop('m/b.csv', 2)
        self.wait_ended(2)
        report, = self.list_reports()
        path = os.path.join(self.reports, report['folder'], 'report.json')
        with open(path):
            self.write_config('[inbox]\nsettle=1\n[store]\nkeep=1\n')
            self.settle(0.5)
            self.drop('m/c.csv', 3)
            self.wait_ended(3)
            self.wait(lambda: len(self.list_reports()) == 1)
            self.assertTrue(os.path.exists(path))  # being read
        self.drop('m/d.csv', 4)
        self.wait_ended(4)
        self.wait(lambda: not os.path.exists(path))
        self.assertTrue(os.path.exists(first))

    def test_old_reports_go_without_new_work(self):
        self.write_config('[inbox]\nsettle=1\n[store]\nkeep=3s\n')
        self.start()
        self.drop('m/a.csv', 1)
        self.wait_ended(1)
        self.assertEqual(len(self.list_reports()), 1)
        self.wait(lambda: self.list_reports() == [], 20, 'the old report is still there')
        self.wait(lambda: not os.path.exists(os.path.join(self.reports, 'm')))

    def test_a_clock_that_is_far_ahead_removes_nothing(self):
        """as if the newest report were 200 days old: the clock of a machine that knows no time yet"""
        self.write_config('[inbox]\nsettle=1\n[store]\nkeep=90d\n')
        self.start()
        self.drop('m/a.csv', 1)
        self.wait_ended(1)
        self.stop()
        with contextlib.closing(sqlite3.connect(self.path('state', 'store.db'))) as store, store:
            store.execute('UPDATE report SET created = created - 200 * 86400 * 1000000')
        self.start()
        self.drop('m/b.csv', 2)
        self.wait_ended(2)
        self.wait(lambda: 'none is removed for its age' in self.log())
        self.assertEqual(len(self.list_reports()), 2)
        self.assertEqual(self.log().count('none is removed for its age'), 1)


class Idle(DaemonTest):
    def switches(self):
        total = 0
        folder = '/proc/%d/task' % self.daemon.pid
        for task in os.listdir(folder):
            with open(os.path.join(folder, task, 'status')) as file:
                total += sum(int(line.split()[1]) for line in file if 'ctxt_switches' in line)
        return total

    def memory_kib(self):
        with open('/proc/%d/status' % self.daemon.pid) as file:
            return [int(line.split()[1]) for line in file if line.startswith('VmRSS')][0]

    def test_idle_costs_nothing(self):
        self.start()
        self.drop('m.csv', 1, 5000)
        self.wait_ended(1)
        time.sleep(17)  # GLib ends its unused threads after 15 s
        woken = []
        while len(woken) < 3 and 0 not in woken:  # a file system that others mount meanwhile wakes it once
            before = self.switches()
            time.sleep(4)
            woken.append(self.switches() - before)
        self.assertIn(0, woken)
        print('# idle RSS %d KiB' % self.memory_kib())
        if not os.environ.get('ERRATA_TEST_SANITIZER'):
            self.assertLess(self.memory_kib(), 15 * 1024)


if __name__ == '__main__':
    unittest.main(verbosity=2)
