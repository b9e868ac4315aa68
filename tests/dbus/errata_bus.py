# SPDX-License-Identifier: GPL-3.0-or-later
"""A private bus, a scratch folder and an erratad on them, for the tests of the daemon."""
import csv
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

ERRATAD = os.environ['ERRATAD']
WORKER = os.environ['ERRATA_WORKER_PROGRAM']
NAME = 'org.errata.Errata1'
ROOT = '/org/errata/Errata1'
SLOW = 4  # times a quiet machine's wait, for a busy one's under sanitizers
ENDED = ('reported', 'registered', 'merged', 'failed', 'cancelled')


def make_log(path, seed, rows=400):
    """A log of a binary classifier; every seed another one."""
    rng = random.Random(seed)
    with open(path, 'w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['id', 'amount', 'country', 'label', 'prediction', 'score'])
        for row in range(rows):
            amount = round(rng.uniform(1, 900), 2)
            country = rng.choice(['de', 'fr', 'it'])
            label = int(rng.random() < 0.3)
            wrong = rng.random() < (0.5 if country == 'it' and amount > 400 else 0.08)
            prediction = 1 - label if wrong else label
            score = round(0.5 + (0.4 * rng.random() if prediction else -0.4 * rng.random()), 4)
            writer.writerow([row, amount, country, label, prediction, score])
    return path


class DaemonTest(unittest.TestCase):
    """Starts a bus per test and a daemon when asked."""

    config = ''

    def setUp(self):
        self.scratch = tempfile.mkdtemp(prefix='errata-dbus-')
        self.addCleanup(shutil.rmtree, self.scratch, True)
        self.inbox = os.path.join(self.scratch, 'data', 'inbox')
        self.reports = os.path.join(self.scratch, 'data', 'reports')
        os.makedirs(self.inbox)
        os.makedirs(self.path('config'))
        self.write_config(self.config)
        self.bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--nopidfile',
                                     '--print-address'], stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, self.bus)
        self.address = self.bus.stdout.readline().decode().strip()
        self.addCleanup(self.bus.stdout.close)
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                 Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(self.address, flags, None, None)
        self.connection.set_exit_on_close(False)
        self.daemon = None
        self.worker = WORKER
        self.signals = []
        self.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                         self.on_signal)

    def on_signal(self, _connection, _sender, path, interface, name, parameters):
        self.signals.append((time.monotonic(), path, interface, name, parameters.unpack()))

    def path(self, *parts):
        return os.path.join(self.scratch, *parts)

    def write_config(self, text):
        with open(self.path('config', 'errata.conf.tmp'), 'w') as file:
            file.write(text)
        os.rename(self.path('config', 'errata.conf.tmp'), self.path('config', 'errata.conf'))

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()

    def environment(self):
        return dict(os.environ,
                    DBUS_SESSION_BUS_ADDRESS=self.address,
                    DBUS_SYSTEM_BUS_ADDRESS=self.address,
                    ERRATA_STATE_DIR=self.path('state'),
                    ERRATA_DATA_DIR=self.path('data'),
                    ERRATA_CONFIG_DIR=self.path('config'),
                    ERRATA_SYSTEM_CONFIG_DIR=self.path('none'),
                    ERRATA_WORKER=self.worker,
                    G_DEBUG='fatal-criticals',
                    LC_ALL='C.UTF-8')

    def start(self, *flags, **more):
        log = open(self.path('log'), 'ab')
        self.daemon = subprocess.Popen([ERRATAD, *flags], stdout=log, stderr=log,
                                       env=dict(self.environment(), **more))
        log.close()
        self.addCleanup(self.end, self.daemon)
        self.wait(self.has_owner, 10, 'the daemon did not come up')

    def kill(self):
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()
        self.wait(lambda: not self.has_owner(), 10, 'the bus still knows the daemon')

    def stop(self):
        self.daemon.terminate()
        self.assertEqual(self.daemon.wait(10 * SLOW), 0, self.log())

    def log(self):
        with open(self.path('log'), errors='replace') as file:
            return file.read()[-4000:]

    def has_owner(self):
        return self.connection.call_sync(
            'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
            'NameHasOwner', GLib.Variant('(s)', (NAME,)), None, 0, 2000, None).unpack()[0]

    def wait(self, condition, seconds=40, why='timed out'):
        """Until the condition holds, with signals being read."""
        context = GLib.MainContext.default()
        deadline = time.monotonic() + seconds * SLOW
        while not condition():
            if time.monotonic() > deadline:
                self.fail(why + '\n' + self.log())
            while context.pending():
                context.iteration(False)
            time.sleep(0.02)

    def settle(self, seconds):
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end, seconds + 5)

    def call(self, path, interface, method, parameters=None, fds=None):
        answer, out = self.connection.call_with_unix_fd_list_sync(
            NAME, path, interface, method, parameters, None, 0, 10000 * SLOW, fds, None)
        return (answer.unpack(), out)

    def manager(self, method, parameters=None):
        return self.call(ROOT, NAME + '.Manager', method, parameters)[0]

    def report(self, path, method, parameters=None):
        return self.call(path, NAME + '.Report', method, parameters)[0]

    def property(self, path, interface, name):
        return self.call(path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (NAME + '.' + interface, name)))[0][0]

    def jobs(self):
        """All jobs, oldest first."""
        return self.manager('ListJobs', GLib.Variant('(a{sv}uu)', ({}, 0, 1000)))[0][::-1]

    def list_reports(self, name=''):
        return self.manager('ListReports', GLib.Variant('(suu)', (name, 0, 1000)))[0][::-1]

    def ended(self, count):
        jobs = self.jobs()
        return len(jobs) >= count and all(job['state'] in ENDED for job in jobs)

    def wait_ended(self, count, seconds=60):
        """The jobs once all have ended; the store knows it a moment before the objects on the bus."""
        self.wait(lambda: self.ended(count) and self.property(ROOT, 'Manager', 'Running') == 0,
                  seconds, 'not all jobs ended')
        return self.jobs()

    def states(self):
        return [job['state'] for job in self.jobs()]

    def drop(self, name, seed, rows=400):
        path = os.path.join(self.inbox, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return make_log(path, seed, rows)

    def error_name(self, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        return Gio.DBusError.get_remote_error(caught.exception)

    def check_nothing_unfinished(self):
        """No half-written report, nothing left in the spool's way."""
        if os.path.isdir(self.reports):
            self.assertEqual([n for n in os.listdir(self.reports) if n.startswith('.')], [])
        spool = self.path('state', 'spool')
        self.assertEqual([n for n in os.listdir(spool) if n.startswith('tmp.')], [])
