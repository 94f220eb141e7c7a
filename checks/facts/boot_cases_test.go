package facts

import (
	"maps"
	"testing"
)

// bootCase is a root file system, the services that it starts (a ? behind those
// that may be started) and how many commands of it cannot be judged.
type bootCase struct {
	name     string
	files    map[string]string
	want     string
	unjudged int
}

func testBoot(t *testing.T, base map[string]string, cases []bootCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			files := map[string]string{"usr/sbin/telnetd": "", "usr/sbin/vsftpd": ""}
			maps.Copy(files, base)
			maps.Copy(files, tc.files)
			maps.DeleteFunc(files, func(_, content string) bool { return content == "-" })
			g := bootOf(t, files)
			if got := started(g); got != tc.want {
				t.Errorf("started %q, want %q\n%+v\n%+v", got, tc.want, g.Inits, g.Services)
			}
			if len(g.Inits) != 1 || g.Inits[0].Kind == "" || g.Inits[0].Problem != "" || len(g.Inits[0].Unjudged) != tc.unjudged {
				t.Errorf("init %+v, want %d commands that cannot be judged", g.Inits, tc.unjudged)
			}
		})
	}
}

// systemdBase is systemd with a unit telnet.service that nothing wants, on a device
// that was started before.
var systemdBase = map[string]string{
	"lib/systemd/systemd": "", "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
	"lib/systemd/system/default.target": "-> multi-user.target", "lib/systemd/system/multi-user.target": "[Unit]\nRequires=basic.target\n",
	"lib/systemd/system/telnet.service": "[Service]\nExecStart=/usr/sbin/telnetd -F\n[Install]\nWantedBy=multi-user.target\n",
}

// wantedUnit makes multi-user.target want a unit of the text.
func wantedUnit(text string, more map[string]string) map[string]string {
	files := map[string]string{"lib/systemd/system/r.service": text, "etc/systemd/system/multi-user.target.wants/r.service": "-> /lib/systemd/system/r.service"}
	maps.Copy(files, more)
	return files
}
