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


if __name__ == '__main__':
    unittest.main()
