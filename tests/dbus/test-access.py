# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose reports they are on the system bus: a private bus that all users may join, a real polkitd, and
callers of several uids, in a mount namespace where these users and our policy exist."""
import os
import shutil
import subprocess
import sys
import unittest

from errata_bus import DaemonTest, Gio, GLib, NAME, make_log

HERE = os.path.dirname(os.path.abspath(__file__))
POLICY = os.path.join(HERE, '..', '..', 'daemon', 'data', 'org.errata.Errata1.policy')
POLKITD = '/usr/lib/polkit-1/polkitd'
OWNER, OTHER, TRUSTED = 60001, 60002, 60003

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={0}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="false"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""

RULE = """polkit.addRule(function(action, subject) {{
    if (action.id.indexOf("org.errata.Errata1.") == 0 && subject.user == "{0}")
        return polkit.Result.YES;
}});
"""

# started as another user: one call, its error's name or "ok" on stdout
CLIENT = """
import os, sys
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
from gi.repository import Gio, GLib
flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
         Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
bus = Gio.DBusConnection.new_for_address_sync(sys.argv[2], flags, None, None)
text = sys.argv[6]
fds = None
if len(sys.argv) > 7:
    fds = Gio.UnixFDList.new_from_array([os.open(sys.argv[7], os.O_RDONLY)])
given = GLib.Variant.parse(None, text, None, None) if text else None
try:
    bus.call_with_unix_fd_list_sync('org.errata.Errata1', sys.argv[3], sys.argv[4], sys.argv[5], given,
                                    None, 0, 10000, fds, None)
    print('ok')
except GLib.Error as error:
    print(Gio.DBusError.get_remote_error(error) or error.message)
"""


def mount(source, target):
    subprocess.run(['mount', '--bind', source, target], check=True)


@unittest.skipUnless(os.environ.get('ERRATA_TEST_OWN_MOUNTS'), 'needs root and mounts of its own')
class AccessTest(DaemonTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.scratch, 0o755)
        with open('/etc/passwd') as known, open(self.path('passwd'), 'w') as file:
            file.write(known.read())
            for uid in (OWNER, OTHER, TRUSTED):
                file.write('errata{0}:x:{0}:{0}::/:/bin/false\n'.format(uid))
        mount(self.path('passwd'), '/etc/passwd')
        self.addCleanup(subprocess.run, ['umount', '/etc/passwd'], check=True)
        socket = self.path('open-bus')
        with open(self.path('bus.conf'), 'w') as file:
            file.write(BUS.format(socket))
        bus = subprocess.Popen(['dbus-daemon', '--config-file=' + self.path('bus.conf'), '--nofork',
                                '--nopidfile', '--print-address'], stdout=subprocess.PIPE)
        self.addCleanup(self.end, bus)
        self.address = bus.stdout.readline().decode().strip()
        self.addCleanup(bus.stdout.close)
        os.chmod(socket, 0o777)
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                 Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(self.address, flags, None, None)
        self.connection.set_exit_on_close(False)

    def start_polkit(self, trusted):
        """polkitd with our policy and one rule, both seen by it alone."""
        for name in ('actions', 'rules'):
            os.makedirs(self.path(name))
        shutil.copy(POLICY, self.path('actions'))
        with open(self.path('rules', '10-test.rules'), 'w') as file:
            file.write(RULE.format(trusted))
        for name, place in (('actions', 'actions'), ('rules', 'rules.d')):
            mount(self.path(name), '/usr/share/polkit-1/' + place)
            self.addCleanup(subprocess.run, ['umount', '/usr/share/polkit-1/' + place], check=True)
        daemon = subprocess.Popen([POLKITD, '--no-debug'], env=self.environment(),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(daemon.stderr.close)
        self.addCleanup(self.end, daemon)

        def up():
            if daemon.poll() is not None:
                self.fail('polkitd ended: ' + daemon.stderr.read().decode())
            return self.connection.call_sync(
                'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                'NameHasOwner', GLib.Variant('(s)', ('org.freedesktop.PolicyKit1',)), None, 0, 2000,
                None).unpack()[0]
        self.wait(up, 20, 'polkitd did not come up')

    def ask(self, uid, path, interface, method, given='', *more):
        done = subprocess.run([sys.executable, '-c', CLIENT, str(uid), self.address, path,
                               NAME + '.' + interface, method, given, *more],
                              stdout=subprocess.PIPE, check=True, timeout=30)
        return done.stdout.decode().strip()

    def submitted_report(self):
        path = make_log(self.path('m.csv'), 1)
        os.chmod(path, 0o644)
        self.assertEqual(self.ask(OWNER, '/org/errata/Errata1', 'Manager', 'Submit',
                                  '([@h 0], @a{sv} {})', path), 'ok')
        self.wait_ended(1)
        report, = self.list_reports()
        return report['path']

    def test_a_report_is_its_owners(self):
        self.start_polkit('errata%d' % TRUSTED)
        self.start('--system')
        report = self.submitted_report()
        denied = 'org.freedesktop.DBus.Error.AccessDenied'
        for uid, answer in ((OWNER, 'ok'), (0, 'ok'), (TRUSTED, 'ok'), (OTHER, denied)):
            for method, given in (('OpenJson', ''), ('Open', "('json',)"),
                                  ('ListFindings', '(uint32 0, uint32 9)')):
                self.assertEqual(self.ask(uid, report, 'Report', method, given), answer,
                                 '%d %s' % (uid, method))
        model = '/org/errata/Errata1/models/m'
        for uid, answer in ((OTHER, denied), (TRUSTED, 'org.errata.Error.NotFound'),
                            (0, 'org.errata.Error.NotFound')):
            self.assertEqual(self.ask(uid, model, 'Model', 'Mute', "('none',)"), answer, str(uid))

    def test_without_polkit_only_owner_and_root(self):
        self.start('--system')
        report = self.submitted_report()
        denied = 'org.freedesktop.DBus.Error.AccessDenied'
        for uid, answer in ((OWNER, 'ok'), (0, 'ok'), (TRUSTED, denied)):
            self.assertEqual(self.ask(uid, report, 'Report', 'OpenJson'), answer, str(uid))
        self.kill()
        self.start('--system')  # whose it is outlives the daemon
        for uid, answer in ((OWNER, 'ok'), (OTHER, denied)):
            self.assertEqual(self.ask(uid, report, 'Report', 'OpenJson'), answer, str(uid))

    def test_a_session_bus_asks_nobody(self):
        self.start()
        report = self.submitted_report()
        self.assertEqual(self.ask(OTHER, report, 'Report', 'OpenJson'), 'ok')


if __name__ == '__main__':
    if not os.environ.get('ERRATA_TEST_OWN_MOUNTS') and subprocess.run(
            ['unshare', '-m', 'true'], stderr=subprocess.DEVNULL).returncode == 0:
        os.environ['ERRATA_TEST_OWN_MOUNTS'] = '1'
        os.execvp('unshare', ['unshare', '-m', sys.executable, *sys.argv])
    unittest.main()
