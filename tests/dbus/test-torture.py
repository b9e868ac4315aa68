#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the daemon and its workers at random moments while files are dropped. In the end every file
has exactly one report. ERRATA_TEST_KILLS sets how many kills, ERRATA_TEST_SEED which moments."""
import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errata_bus import DaemonTest, make_log  # noqa: E402

KILLS = int(os.environ.get('ERRATA_TEST_KILLS', '8'))
SEED = int(os.environ.get('ERRATA_TEST_SEED', '1'))
FILES = 20


class Torture(DaemonTest):
    config = '[inbox]\nsettle=1\n[daemon]\nworkers=2\n'

    def workers(self):
        found = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(self.daemon.pid)],
                               capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def kill_something(self, rng):
        workers = self.workers()
        if workers and rng.random() < 0.5:
            try:
                os.kill(rng.choice(workers), signal.SIGKILL)
            except ProcessLookupError:
                pass
            return 'worker'
        self.kill()
        if rng.random() < 0.5:
            time.sleep(rng.random() * 0.2)
        self.start()
        return 'daemon'

    def test_each_file_is_reported_exactly_once(self):
        rng = random.Random(SEED)
        moments = sorted(rng.choices(range(FILES), k=KILLS))
        killed = {'worker': 0, 'daemon': 0}
        self.start()
        for i in range(FILES):
            model = 'm%d' % (i % 4)
            os.makedirs(os.path.join(self.inbox, model), exist_ok=True)
            path = make_log(self.path('next'), i, 1500)
            if i % 2:
                os.rename(path, os.path.join(self.inbox, model, 'f%d.csv' % i))
            else:
                with open(path) as source, \
                        open(os.path.join(self.inbox, model, 'f%d.csv' % i), 'w') as target:
                    target.write(source.read())
            for _ in range(moments.count(i)):
                time.sleep(rng.random() * 0.6)
                killed[self.kill_something(rng)] += 1
        jobs = self.wait_ended(FILES, 240)
        print('# killed %(daemon)d daemons and %(worker)d workers' % killed)
        self.assertEqual(sorted(job['input'] for job in jobs),
                         sorted('m%d/f%d.csv' % (i % 4, i) for i in range(FILES)))
        self.assertEqual([job for job in jobs if job['state'] != 'reported'], [])
        folders = sorted(os.path.join(model, report) for model in os.listdir(self.reports)
                         for report in os.listdir(os.path.join(self.reports, model)))
        self.assertEqual(folders, sorted(report['folder'] for report in self.list_reports()))
        seen = set()
        for folder in folders:
            with open(os.path.join(self.reports, folder, 'report.json')) as file:
                report = json.load(file)
            seen.add(report['run']['inputs'][0]['sha256'])
        self.assertEqual(len(seen), FILES)
        # only the newest logs of each model stay: their models may come
        self.wait(lambda: set(os.listdir(self.path('state', 'spool'))) <= seen and
                  len(os.listdir(self.path('state', 'spool'))) == min(FILES, 4 * 16))
        self.check_nothing_unfinished()


if __name__ == '__main__':
    unittest.main(verbosity=2)
