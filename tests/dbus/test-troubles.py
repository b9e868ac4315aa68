# SPDX-License-Identifier: GPL-3.0-or-later
"""What a daemon that runs for years meets: disks that come, go and are full, a store that is in use."""
import os
import resource
import shutil
import sqlite3
import subprocess
import unittest

from gi.repository import Gio, GLib

from errata_bus import ERRATAD, NAME, ROOT, DaemonTest, make_log


class Troubles(DaemonTest):
    config = '[inbox]\nsettle=1\n'

    def mount(self, path, options):
        """Returns what undoes it."""
        os.makedirs(path, exist_ok=True)
        self.sudo = ['sudo', '-n'] if os.getuid() != 0 and shutil.which('sudo') else []
        done = subprocess.run([*self.sudo, 'mount', '-t', 'tmpfs', '-o', 'mode=777,' + options,
                               'tmpfs', path], stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:  # a container without the right to
            self.skipTest(done.stderr.strip())
        umount = [*self.sudo, 'umount', '-l', path]
        self.addCleanup(subprocess.run, umount, stderr=subprocess.DEVNULL)
        return umount

    def test_a_disk_is_mounted_over_the_inbox_and_taken_away(self):
        self.start()
        umount = self.mount(self.inbox, 'size=10m')
        self.drop('a.csv', 1)
        self.wait_ended(1)
        subprocess.run(umount, check=True)
        self.drop('m/b.csv', 2)
        self.assertEqual([job['input'] for job in self.wait_ended(2)], ['a.csv', 'm/b.csv'])

    def problem(self):
        return self.property(ROOT, 'Manager', 'Problem')

    def submit(self, path):
        return self.manager('SubmitPaths', GLib.Variant('(asa{sv})', ([path], {})))[0][0]

    def test_the_spool_is_full(self):
        """What was dropped and what was submitted waits, and is analysed once there is room."""
        spool = self.path('state', 'spool')
        self.mount(spool, 'size=16k')
        self.start()
        self.drop('a.csv', 1, 2000)
        self.wait(lambda: self.problem() != '')
        self.assertIn(spool, self.problem())
        self.assertIn('No space left', self.problem())
        status = subprocess.run([os.environ['ERRATA'], 'status'], env=self.environment(),
                                capture_output=True, text=True)
        self.assertIn('files wait: ', status.stdout)
        submitted = self.submit(make_log(self.path('b.csv'), 2, 2000))
        small = self.drop('c.csv', 3, 1)  # what fits is not held up
        self.wait(lambda: os.path.basename(small) in [job['input'] for job in self.jobs()])
        self.assertEqual(self.property(submitted, 'Job', 'State'), 'waiting')
        subprocess.run([*self.sudo, 'mount', '-o', 'remount,size=10m', spool], check=True)
        jobs = self.wait_ended(3)
        self.assertEqual({job['state'] for job in jobs}, {'reported'})
        self.wait(lambda: self.problem() == '')
        self.check_nothing_unfinished()

    def test_a_report_that_was_not_written_is_made_at_the_next_drop_or_start(self):
        umount = self.mount(self.reports, 'size=64k')
        self.start()
        paths = [self.drop('a.csv', 1), self.drop('b.csv', 2)]
        self.assertEqual([job['state'] for job in self.wait_ended(2)], ['failed'] * 2)
        subprocess.run(umount, check=True)
        os.rename(paths[0], self.path('a.csv'))
        os.rename(self.path('a.csv'), paths[0])  # the same file as before
        self.assertEqual(self.wait_ended(3)[2]['state'], 'reported')
        self.kill()
        self.start()
        jobs = self.wait_ended(4)
        self.assertEqual([(job['input'], job['state']) for job in jobs[2:]],
                         [('a.csv', 'reported'), ('b.csv', 'reported')])
        self.settle(1)
        self.assertEqual(len(self.jobs()), 4)

    def test_the_store_is_in_use_by_another(self):
        self.start()
        submitted = self.submit(make_log(self.path('s.csv'), 1))
        self.wait_ended(1)
        other = sqlite3.connect(self.path('state', 'store.db'), isolation_level=None)
        self.addCleanup(other.close)
        other.execute('BEGIN EXCLUSIVE')
        self.drop('a.csv', 2)
        self.drop('m/b.csv', 3)
        self.wait(lambda: 'database is locked' in self.problem(), 20)
        other.execute('COMMIT')
        jobs = self.wait_ended(3)
        self.assertEqual([job['state'] for job in jobs], ['reported'] * 3)
        self.assertEqual(jobs[0]['path'], submitted)

    def test_two_daemons_do_not_share_their_reports(self):
        self.start()
        other = dict(self.environment(), ERRATA_STATE_DIR=self.path('other'))
        second = subprocess.run([ERRATAD], env=other, capture_output=True, text=True, timeout=60)
        self.assertEqual(second.returncode, 1)
        self.assertIn('another erratad writes its reports', second.stderr)

    def test_a_configuration_that_cannot_be_followed(self):
        """An inbox that cannot be made: all stays as it was."""
        self.start()
        blocked = self.path('blocked')
        with open(blocked, 'w'):
            pass
        self.write_config('[inbox]\nsettle=1\npath=%s/inbox\n' % blocked)
        self.wait(lambda: 'cannot make the inbox' in self.property(ROOT, 'Manager', 'ConfigError'))
        self.assertEqual(self.property(ROOT, 'Manager', 'Inbox'), self.inbox)
        self.drop('a.csv', 1)
        self.assertEqual(self.wait_ended(1)[0]['state'], 'reported')
        self.write_config('[inbox]\nsettle=1\n[report]\npath=%s\n' % self.path('r2'))
        self.wait(lambda: self.property(ROOT, 'Manager', 'ConfigError') == '')
        self.assertEqual(self.property(ROOT, 'Manager', 'Reports'), self.path('r2'))
        self.drop('b.csv', 2)
        self.wait_ended(2)
        self.assertEqual(os.listdir(self.path('r2')), ['b'])

    def test_more_files_are_submitted_than_a_process_may_have_open(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.start()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        answers = []
        paths = [make_log(self.path('%d.csv' % i), i, 1) for i in range(96)]
        for first in range(0, len(paths), 16):  # as many as a message may bring
            files = Gio.UnixFDList.new()
            for path in paths[first:first + 16]:
                with open(path) as file:
                    files.append(file.fileno())
            self.connection.call_with_unix_fd_list(
                NAME, ROOT, NAME + '.Manager', 'Submit',
                GLib.Variant('(aha{sv})', (list(range(16)), {})), None, 0, 60000, files, None,
                lambda connection, result: answers.append(
                    connection.call_with_unix_fd_list_finish(result)[0].unpack()[0]))
        self.wait(lambda: len(answers) == 6, 60)
        self.assertEqual([len(jobs) for jobs in answers], [16] * 6)


if __name__ == '__main__':
    unittest.main(verbosity=2)
