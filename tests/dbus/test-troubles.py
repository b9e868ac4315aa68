# SPDX-License-Identifier: GPL-3.0-or-later
"""What a daemon that runs for years meets: disks that come, go and are full, a store that is in use."""
import os
import shutil
import subprocess
import unittest

from errata_bus import DaemonTest


class Troubles(DaemonTest):
    config = '[inbox]\nsettle=1\n'

    def mount(self, path, options):
        """Returns what undoes it."""
        os.makedirs(path, exist_ok=True)
        sudo = ['sudo', '-n'] if os.getuid() != 0 and shutil.which('sudo') else []
        done = subprocess.run([*sudo, 'mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path],
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:  # a container without the right to
            self.skipTest(done.stderr.strip())
        umount = [*sudo, 'umount', '-l', path]
        self.addCleanup(subprocess.run, umount, stderr=subprocess.DEVNULL)
        return umount

    def test_a_disk_is_mounted_over_the_inbox_and_taken_away(self):
        self.start()
        umount = self.mount(self.inbox, 'mode=777')
        self.drop('a.csv', 1)
        self.wait_ended(1)
        subprocess.run(umount, check=True)
        self.drop('m/b.csv', 2)
        self.assertEqual([job['input'] for job in self.wait_ended(2)], ['a.csv', 'm/b.csv'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
