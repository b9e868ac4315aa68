#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of a model, and logs that come before it, on a private bus with the real worker."""
import csv
import hashlib
import io
import json
import os
import random
import sys
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errata_bus import DaemonTest, GLib, NAME  # noqa: E402

CORPUS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'fuzz', 'corpus',
                      'xgboost')


def model(name='binary'):
    with open(os.path.join(CORPUS, name), 'rb') as file:
        return file.read()


class Models(DaemonTest):
    config = '[inbox]\nsettle=1\n'

    def log(self, seed, rows=400):
        """A log as bytes; it has the columns of the models."""
        rng = random.Random(seed)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(['id', 'a', 'b', 'label', 'prediction', 'score'])
        for row in range(rows):
            label = int(rng.random() < 0.3)
            prediction = 1 - label if rng.random() < 0.1 else label
            draw = rng.random()
            writer.writerow([seed * 100000 + row, round(rng.uniform(0, 9), 3), rng.choice('xyz'),
                             label, prediction,
                             round(0.5 + (0.4 * draw if prediction else -0.4 * draw), 4)])
        return text.getvalue().encode()

    def put(self, name, data):
        path = os.path.join(self.inbox, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + '.part', 'wb') as file:
            file.write(data)
        os.rename(path + '.part', path)

    def put_archive(self, name, seed, trees):
        with zipfile.ZipFile(self.path('x.zip'), 'w') as archive:
            archive.writestr('log.csv', self.log(seed, 400 + 10 * seed))
            archive.writestr('model.json', trees)
        with open(self.path('x.zip'), 'rb') as file:
            self.put(name, file.read())

    def submit(self, name, data, model_name):
        path = self.path(name)
        with open(path, 'wb') as file:
            file.write(data)
        self.manager('SubmitPaths', GLib.Variant('(asa{sv})', (
            [path], {'name': GLib.Variant('s', model_name)})))
        return path

    def open_json(self, job):
        fd = self.call(job['report'], NAME + '.Report', 'OpenJson')[1].get(0)
        with os.fdopen(fd) as file:
            return json.load(file)

    def test_the_version_of_a_model_in_an_archive(self):
        """It is that of the model, whatever log lies beside it; the baseline is of the same one."""
        self.start()
        one, other = model(), model().replace(b'0.75', b'0.85')
        for day, trees in enumerate((one, one, other, one)):
            self.put_archive('m/day%d.zip' % day, day, trees)
            self.wait_ended(day + 1)
        reports = [self.open_json(job) for job in self.jobs()]
        self.assertEqual([r['run']['model']['sha256'] for r in reports],
                         [hashlib.sha256(t).hexdigest() for t in (one, one, other, one)])
        baselines = [r['run']['baseline'] for r in reports]
        self.assertEqual([b['kind'] for b in baselines],
                         ['first-half', 'report', 'first-half', 'report'])
        self.assertIn('on 410 rows', baselines[3]['what'])  # of day 1

    def archive(self):
        """A model alone, in an archive."""
        data = io.BytesIO()
        with zipfile.ZipFile(data, 'w') as archive:
            archive.writestr('model.json', model())
        return data.getvalue()

    def spool(self):
        return sorted(n for n in os.listdir(self.path('state', 'spool')) if not n.startswith('tmp.'))

    def check_again(self, logs, model_bytes):
        """What came of logs that were reported before their model was registered."""
        jobs = self.jobs()
        self.assertEqual([j['state'] for j in jobs],
                         ['reported'] * len(logs) + ['registered'] + ['reported'] * len(logs))
        for before, after in zip(jobs, jobs[len(logs) + 1:]):
            one, other = self.open_json(before)['run'], self.open_json(after)['run']
            self.assertIsNone(one['model'])
            self.assertEqual(other['model']['sha256'], hashlib.sha256(model_bytes).hexdigest())
            self.assertEqual([i['sha256'] for i in one['inputs']],
                             [i['sha256'] for i in other['inputs']])
        self.wait(lambda: self.spool() == [hashlib.sha256(model_bytes).hexdigest()], 5,
                  'the logs are kept still')
        self.check_nothing_unfinished()

    def test_submitted_logs_again_with_their_model(self):
        self.start()
        logs = [self.log(1), self.log(2)]
        for i, log in enumerate(logs):
            path = self.submit('log%d.csv' % i, log, 'sub')
            self.wait_ended(i + 1)
            os.remove(path)
        self.assertEqual(self.spool(), sorted(hashlib.sha256(log).hexdigest() for log in logs))
        self.kill()
        self.start()
        self.submit('model.json', model(), 'sub')
        self.wait_ended(5)
        self.check_again(logs, model())
        self.submit('other.json', model().replace(b'0.75', b'0.85'), 'sub')  # for later logs
        self.wait_ended(6)
        self.settle(1)
        self.assertEqual(len(self.jobs()), 6)

    def test_archived_drops_again_with_their_model(self):
        self.write_config('[inbox]\nsettle=1\nafter=archive\n')
        self.start()
        self.put('m/log.csv', self.log(3))
        self.wait_ended(1)
        self.wait(lambda: not os.path.exists(os.path.join(self.inbox, 'm', 'log.csv')))
        archive = self.archive()
        self.put('m/trees.zip', archive)
        self.wait_ended(3)
        self.check_again([0], archive)

    def test_labels_come_after_the_model(self):
        """The log is one, though it was reported twice."""
        self.start()
        rows = list(csv.reader(io.StringIO(self.log(4).decode())))
        bare, labels = io.StringIO(), io.StringIO()
        csv.writer(bare).writerows(r[:3] + r[4:] for r in rows)
        csv.writer(labels).writerows([r[0], r[3]] for r in rows)
        self.submit('log.csv', bare.getvalue().encode(), 'm')
        self.wait_ended(1)
        self.submit('model.json', model(), 'm')
        self.wait_ended(3)
        self.submit('labels.csv', labels.getvalue().encode(), 'm')
        job = self.wait_ended(4)[3]
        self.assertEqual((job['state'], job['continues']), ('merged', self.jobs()[2]['path']))
        report = self.open_json(job)
        self.assertEqual(report['schema']['rows'], 400)
        self.assertIsNotNone(report['run']['model'])

    def test_only_the_newest_logs_wait_for_a_model(self):
        self.start()
        for i in range(18):
            self.submit('log%d.csv' % i, self.log(10 + i, 60), 'many')
        self.wait_ended(18, 120)
        self.assertEqual(len(self.spool()), 16)
        self.submit('model.json', model(), 'many')
        jobs = self.wait_ended(35, 120)
        self.assertEqual([os.path.basename(j['input']) for j in jobs[19:]],
                         ['log%d.csv' % i for i in range(2, 18)])

    def test_the_first_rows_of_a_log_are_no_baseline(self):
        """A log that grows is compared with what came before it, not with itself."""
        self.start()
        self.put('m/before.csv', self.log(5, 430))
        self.wait_ended(1)
        log = self.log(6, 600).splitlines(True)
        for i, rows in enumerate((300, 350, 400, 450, 500, 600)):
            self.put('m/log.csv', b''.join(log[:rows + 1]))
            self.wait_ended(i + 2)
        jobs = self.jobs()
        self.assertEqual([j['state'] for j in jobs], ['reported'] * 2 + ['merged'] * 5)
        self.assertEqual([j['continues'] for j in jobs[2:]], [j['path'] for j in jobs[1:-1]])
        last = self.open_json(jobs[-1])
        self.assertEqual(last['run']['inputs'][0]['rows'], 600)
        for job in jobs[1:]:
            self.assertIn('on 430 rows', self.open_json(job)['run']['baseline']['what'])
        self.assertEqual(len(self.list_reports('m')), 7)


if __name__ == '__main__':
    unittest.main()
