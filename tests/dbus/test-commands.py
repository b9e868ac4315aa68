#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that talk to the daemon, as somebody at a terminal sees them."""
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errata_bus import DaemonTest, make_log  # noqa: E402

ERRATA = os.environ['ERRATA']


class Commands(DaemonTest):
    config = '[inbox]\nsettle=1\n'

    def run_errata(self, *words):
        """What it prints, what it says on stderr, and its exit status."""
        done = subprocess.run([ERRATA, *words], env=self.environment(), capture_output=True,
                              timeout=120, check=False)
        return done.stdout.decode(), done.stderr.decode(), done.returncode

    def begin(self, *words):
        process = subprocess.Popen([ERRATA, *words], env=self.environment(), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(self.end, process)
        return process

    def interrupt(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 130)

    def test_nothing_yet(self):
        self.start()
        for verb, said in (('jobs', 'no jobs yet'), ('models', 'no models yet'),
                           ('reports', 'no reports yet')):
            out, err, status = self.run_errata(verb)
            self.assertTrue(out.startswith(said), out)
            self.assertEqual((err, status), ('', 0))
        for verb in 'jobs', 'reports', 'patterns':
            for flags in (), ('--json',):
                out, err, status = self.run_errata(verb, 'nosuch', *flags)
                self.assertIn('no model called “nosuch”', err)
                self.assertEqual((out, status), ('', 1))
        _, err, status = self.run_errata('show')
        self.assertIn('no report yet; drop a log into the inbox, or errata submit LOG', err)
        _, err, status = self.run_errata('show', '99')
        self.assertIn("no report '99', and no model of that name has one; errata reports lists", err)
        self.assertEqual(status, 1)
        out, _, status = self.run_errata('status')
        self.assertIn('0 running, 0 waiting', out)
        self.assertIn(self.inbox, out)
        self.assertEqual(status, 0)

    def test_submit_and_wait(self):
        self.start()
        log = make_log(self.path('credit.csv'), 1)
        out, err, status = self.run_errata('submit', log, '--wait')
        self.assertRegex(out, r'^\S+/credit\.csv: job 1, reported\n  report 1: Right .+% of the time')
        self.assertIn(self.reports, out)
        self.assertEqual((err, status), ('', 0))
        out, _, status = self.run_errata('submit', log, '--wait')
        self.assertRegex(out, r'job 2, merged\n  merged into job 1\n  report 1: ')
        self.assertEqual(status, 0)
        out, _, _ = self.run_errata('jobs')
        self.assertEqual([line.split()[4] for line in out.splitlines() if re.match(r'\s+\d', line)],
                         ['merged', 'reported'])
        self.assertIn('part of job 1', out)
        out, _, _ = self.run_errata('submit', log, '--wait', '--json')
        submitted, = json.loads(out)
        self.assertEqual(submitted['state'], 'merged')
        listed = json.loads(self.run_errata('jobs', '--json')[0])[0]
        same = set(submitted) & set(listed)
        self.assertLessEqual({'id', 'path', 'name', 'input', 'state', 'error', 'error-code', 'created',
                              'report', 'continues'}, same)
        self.assertEqual({key: submitted[key] for key in same}, {key: listed[key] for key in same})
        status = json.loads(self.run_errata('status', '--json')[0])
        self.assertEqual((status['running'], status['inbox'], status['config-error']), (0, self.inbox, ''))

    def test_completion_of_reports_and_findings(self):
        self.start()
        self.run_errata('submit', make_log(self.path('credit.csv'), 1), '--wait')
        data = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'daemon', 'data')
        script = f'''_init_completion() {{ words=("${{COMP_WORDS[@]}}"); cword=$COMP_CWORD
                                         cur=${{words[cword]}}; prev=${{words[cword-1]}}; }}
                   _filedir() {{ :; }}
                   source {data}/errata.bash-completion
                   COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _errata; echo "${{COMPREPLY[@]}}"'''
        findings = json.loads(self.run_errata('show', '1', '--json')[0])['findings']
        self.assertTrue(findings)
        folder = os.path.dirname(os.path.abspath(ERRATA))
        environment = dict(self.environment(), PATH=folder + ':' + os.environ['PATH'])
        for words, offered in ((['show', ''], ['1', 'credit']), (['show', 'cr'], ['credit']),
                               (['show', '1', 'F'], [finding['id'] for finding in findings]),
                               (['jobs', ''], ['credit'])):
            done = subprocess.run(['bash', '-c', script, '-', 'errata', *words], env=environment,
                                  capture_output=True, text=True, check=True)
            self.assertEqual(done.stdout.split(), offered, words)

    def test_submit_what_is_cut_short_or_bad(self):
        self.start()
        with open(make_log(self.path('plain.csv'), 2), 'rb') as file:
            whole = gzip.compress(file.read())
        with open(self.path('cut.csv.gz'), 'wb') as file:
            file.write(whole[:len(whole) // 2])
        out, _, status = self.run_errata('submit', self.path('cut.csv.gz'), '--wait')
        self.assertRegex(out, r'note: \S*cut\.csv\.gz is truncated')
        self.assertEqual(status, 0)
        with open(self.path('bad.csv'), 'w') as file:
            file.write('id,label\n')
        out, _, status = self.run_errata('submit', self.path('bad.csv'), '--wait')
        self.assertRegex(out, r'bad\.csv: job 2, failed: .*expected the first row')
        self.assertEqual(status, 4)
        out, _, _ = self.run_errata('status')
        self.assertIn('failed   1 of the last jobs', out)
        _, err, status = self.run_errata('submit', self.path('none.csv'))
        self.assertRegex(err, r'none\.csv: cannot be opened: No such file')
        self.assertEqual(status, 4)

    def test_interrupted_waiting_leaves_the_job(self):
        self.start()
        log = make_log(self.path('long.csv'), 3, 60000)
        process = self.begin('submit', log, '--wait')
        self.wait(lambda: self.jobs() and self.jobs()[0]['state'] in ('reading', 'analysing'), 30,
                  'the job did not start')
        self.interrupt(process)
        self.assertIn('no longer waiting; job 1 goes on', process.stderr.read())
        self.assertEqual(self.wait_ended(1)[0]['state'], 'reported')

    def test_without_a_daemon(self):
        _, err, status = self.run_errata('status')
        self.assertRegex(err, r'systemctl --user start errata, or without systemd with erratad in')
        self.assertEqual(status, 1)

    def test_watch(self):
        self.start()
        process = self.begin('watch')
        self.assertEqual(process.stderr.readline(), f'watching {self.inbox}; Ctrl-C ends it\n')
        self.drop('m/log.csv', 4)
        lines = []
        while not lines or not lines[-1].startswith('report'):
            lines.append(process.stdout.readline())
            self.assertTrue(lines[-1], lines)
        self.assertTrue(any(re.match(r'job +1  m +m/log\.csv: (reading|analysing)', line)
                            for line in lines), lines)
        self.assertRegex(lines[-1], r'^report +1  m +Right ')
        self.interrupt(process)

    def test_interrupted_analysis_leaves_nothing(self):
        log = make_log(self.path('long.csv'), 5, 120000)
        process = self.begin('analyze', log, '-o', self.path('out'), '--quiet')
        self.settle(0.4)
        self.interrupt(process)
        left = os.listdir(self.path())
        self.assertNotIn('out', left)
        self.assertEqual([name for name in left if name.startswith('.')], [])


if __name__ == '__main__':
    unittest.main()
