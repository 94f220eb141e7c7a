package facts

import (
	"maps"
	"testing"
)

// A script that takes from where its caller says is no updater of the device while
// nothing calls it; all others are.
func TestIdleUpdaters(t *testing.T) {
	const tool = "#!/bin/sh\nwget -O /tmp/x.tar \"$1\"\ntar -C / -xf /tmp/x.tar\n"
	const fetching = "#!/bin/sh\nwget -O /tmp/x.tar http://cloud.acme-iot.de/x.tar\ntar -C / -xf /tmp/x.tar\n"
	for name, tc := range map[string]struct {
		file, content string
		others        map[string]string
		want          string
	}{
		"a tool":             {"usr/lib/acme/fit", tool, nil, VerifiesUnknown},
		"by its name":        {"usr/lib/acme/update", tool, nil, VerifiesNot},
		"from an address":    {"usr/lib/acme/fit", fetching, nil, VerifiesNot},
		"called":             {"usr/lib/acme/fit", tool, map[string]string{"etc/inittab": "::sysinit:/usr/lib/acme/fit a\n"}, VerifiesNot},
		"only listed":        {"usr/lib/acme/fit", tool, map[string]string{"var/lib/dpkg/info/acme.list": "/usr/lib/acme/fit\n"}, VerifiesUnknown},
		"the maker's folder": {"opt/bin/fit", tool, nil, VerifiesNot},
		"of a site":          {"usr/local/bin/fit", tool, nil, VerifiesNot},
		"run by its folder":  {"usr/lib/acme/hooks/fit", tool, nil, VerifiesNot},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{tc.file: tc.content}
			maps.Copy(files, tc.others)
			var got []string
			for _, u := range observed(t, Updaters, files) {
				got = append(got, u.Verification.State)
			}
			if len(got) != 1 || got[0] != tc.want {
				t.Errorf("verifies: %q, want %s", got, tc.want)
			}
		})
	}
}

func TestIdleUnverified(t *testing.T) {
	const tool = "#!/bin/sh\nsocat -u stdio openssl-connect:\"$1:$2\",verify=0\n"
	for name, tc := range map[string]struct {
		file, content string
		others        map[string]string
		want          bool
	}{
		"a tool":          {"usr/bin/acme_copy", tool, nil, true},
		"called":          {"usr/bin/acme_copy", tool, map[string]string{"etc/rc.local": "acme_copy a 1\n"}, false},
		"to one host":     {"usr/bin/acme_copy", "#!/bin/sh\nsocat stdio openssl-connect:cloud.acme-iot.de:443,verify=0\n", nil, false},
		"to one address":  {"usr/bin/acme_copy", "#!/bin/sh\ncurl -k \"https://cloud.acme-iot.de/$1\"\n", nil, false},
		"a host it names": {"usr/bin/acme_copy", "#!/bin/sh\nHOST=cloud.acme-iot.de\ncurl -k https://$HOST/x\n", nil, false},
		"of the maker":    {"opt/acme/copy", tool, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{tc.file: tc.content}
			maps.Copy(files, tc.others)
			got := observed(t, UnverifiedTLS, files)
			if len(got) != 1 || got[0].Tool != tc.want {
				t.Errorf("got %v, want one, a tool: %v", got, tc.want)
			}
		})
	}
}

// A colon in a variable's default makes no address of another machine.
func TestRsyncOfAnother(t *testing.T) {
	for script, want := range map[string]int{
		"mp=$(mktemp -d \"${TMPDIR:-/tmp}/x.XXX\")\nrsync -a \"${mp}/x/\" /\n": 0,
		"rsync -a /data/a:b/ /\n":                         0,
		"rsync -a \"${HOST:-cloud.acme-iot.de}:/x/\" /\n": 1,
		"rsync -a root@cloud.acme-iot.de:/x/ /\n":         1,
		"rsync -a rsync://cloud.acme-iot.de/x/ /\n":       1,
	} {
		if got := observed(t, Updaters, map[string]string{"opt/acme/fit": "#!/bin/sh\n" + script}); len(got) != want {
			t.Errorf("%s: %d updaters, want %d", script, len(got), want)
		}
	}
}
