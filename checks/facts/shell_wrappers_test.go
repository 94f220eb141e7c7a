package facts

import (
	"strings"
	"testing"
)

func TestUnwrapCommand(t *testing.T) {
	for words, want := range map[string]string{
		"flock -n /var/lock/x telnetd -F":                "telnetd -F",
		"flock -w 5 /var/lock/x -c telnetd":              "sh -c telnetd",
		"flock 9":                                        "flock 9",
		"unshare -m --propagation private telnetd":       "telnetd",
		"nsenter -t 1 -n telnetd":                        "telnetd",
		"ip netns exec mgmt nice -n 5 telnetd -F":        "telnetd -F",
		"ip netns add mgmt":                              "ip netns add mgmt",
		"strace -f -o /tmp/x telnetd":                    "telnetd",
		"screen -dmS t telnetd -F":                       "telnetd -F",
		"screen -d -m -S t telnetd":                      "telnetd",
		"tmux new-session -d -s t telnetd -F":            "sh -c telnetd -F",
		"tmux kill-server":                               "tmux kill-server",
		"/lib/ld-musl-arm.so.1 --library-path /l /x/a b": "/x/a b",
		"/bin/busybox.nosuid telnetd -l /bin/sh":         "telnetd -l /bin/sh",
		"busybox-armv7l telnetd":                         "telnetd",
		"toybox nohup telnetd":                           "telnetd",
		"/etc/init.d/busybox-cron start":                 "/etc/init.d/busybox-cron start",
		"busyboxd telnetd":                               "busyboxd telnetd",
		"runuser -u root -- telnetd":                     "telnetd",
		"runcon u:r:t telnetd":                           "telnetd",
		"chroot /mnt/app /start.sh x":                    "/start.sh x",
		"chroot . sh":                                    "sh",
		"chpst -u root -e /etc/env telnetd":              "telnetd",
		"watch -n 5 telnetd -x":                          "sh -c telnetd -x",
		"script -c telnetd /dev/null":                    "sh -c telnetd",
		"script /dev/null":                               "script /dev/null",
		"su-exec root telnetd":                           "telnetd",
		"tini -- telnetd":                                "telnetd",
		"gdb --args telnetd -F":                          "telnetd -F",
		"strace":                                         "strace",
	} {
		if got := strings.Join(unwrapCommand(strings.Fields(words)), " "); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

func TestAwkCommands(t *testing.T) {
	for program, want := range map[string]string{
		`BEGIN{system("telnetd -l /bin/sh")}`:      "telnetd -l /bin/sh",
		`{ system("kill " $1) }`:                   "kill $(cat)",
		`{ system($0) }`:                           "$(cat)",
		`BEGIN { "date +%s" | getline t }`:         "date +%s",
		`{ print $1 | "sh" }`:                      "$(cat)",
		`{ print $1 | "sort -n" }`:                 "sort -n",
		`$1 == "system(x)" || /a|b/ { print "a" }`: "",
		"# system(\"telnetd\")\n{ print }":         "",
		`{ print "a \"system(" }`:                  "",
		`{ x = "`:                                  "",
	} {
		if got := strings.Join(awkCommands(program), "\n"); got != want {
			t.Errorf("%s: %q, want %q", program, got, want)
		}
	}
}
