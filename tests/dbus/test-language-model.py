#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon's reports with a language model: asked, remembered, given up, taken from errata.conf."""
import json
import os
import re
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'llm')]
from errata_bus import DaemonTest, NAME, make_log  # noqa: E402
from scripted import Server  # noqa: E402


class LanguageModel(DaemonTest):
    def configure(self, how, more=''):
        self.write_config(f'[inbox]\nsettle=1\n[llm]\nurl={self.server.url(how)}\n{more}')

    def drop(self, model, seed, count, rows=1500):
        folder = os.path.join(self.inbox, model)
        os.makedirs(folder, exist_ok=True)
        make_log(os.path.join(folder, 'log.csv.part'), seed, rows)
        os.rename(os.path.join(folder, 'log.csv.part'), os.path.join(folder, f'log{count}.csv'))
        job = self.wait_ended(count)[-1]
        self.assertEqual(job['state'], 'reported', job)
        fd = self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            return json.load(file)

    def test_reports(self):
        self.server = Server()
        self.configure('good')
        self.start()
        first = self.drop('first', 7, 1)['run']['llm']
        asked = len(self.server.asked('good'))
        self.assertGreater(first['calls'], 0)
        self.assertEqual((first['backend'], first['model'], asked),
                         ('openai', 'scripted', first['calls']))
        again = self.drop('second', 7, 2)['run']['llm']
        self.assertEqual((again['calls'], again['cached']), (first['calls'], first['calls']))
        self.assertEqual(len(self.server.asked('good')), asked)
        status = subprocess.run([os.environ['ERRATA'], 'llm', '--json'], capture_output=True,
                                check=True, env=dict(self.environment(),
                                                     ERRATA_CACHE_DIR=self.path('cache')))
        counts = json.loads(status.stdout)['asked']
        self.assertEqual(sum(count['calls'] for count in counts), 2 * first['calls'])
        self.configure('500', 'timeout=2s\n')
        self.daemon.send_signal(signal.SIGHUP)
        self.settle(1)
        self.assertIn('HTTP 500', self.drop('third', 8, 3)['run']['llm']['failure'])
        self.write_config('[inbox]\nsettle=1\n[llm]\nurl=https://192.0.2.1/v1\n')
        self.daemon.send_signal(signal.SIGHUP)
        self.settle(1)
        self.assertEqual(self.drop('fourth', 9, 4)['run']['llm']['backend'], 'none')
        self.assertIn('allow-remote', self.log())
        self.stop()

    def test_kinds_are_kept(self):
        """a later drop of the model has the kinds of an earlier one, and they are not asked for"""
        sorted_here = []

        def answer(body):
            known = body['response_format']['json_schema']['schema']['properties']
            facts = body['messages'][-1]['content']
            if 'kinds' not in known:
                return '{}'
            sorted_here.append(facts.split('To be sorted', 1)[1])
            rows = re.findall(r'^(F[0-9]+) \|', sorted_here[-1], re.M)
            return json.dumps({'kinds': [{'finding': row, 'coarse': 'rows of amount', 'fine': 'by country'}
                                         for row in rows if len(sorted_here) == 1]})
        self.server = Server()
        self.server.answers = answer
        self.configure('good')
        self.start()
        for count in 1, 2:
            report = self.drop('m', 20 + count, count, 6000)
            found = next(f for f in report['findings'] if f['kind'] == 'slice' and
                         {p['column'] for p in f['subject']['predicates']} == {'amount', 'country'})
            kinds = [p['text'] for p in report.get('proposals', [])
                     if p['role'] == 'taxonomy' and p['finding'] == found['id']]
            self.assertEqual(len(kinds), 1, report.get('proposals'))
            self.assertIn('rows of amount', kinds[0])
            self.assertEqual('as in earlier reports' in kinds[0], count == 2)
        self.assertGreater(len(sorted_here), 0)
        self.stop()


if __name__ == '__main__':
    unittest.main()
