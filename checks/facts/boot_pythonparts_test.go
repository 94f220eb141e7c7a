package facts

import (
	"maps"
	"testing"
)

func TestBootPythonPackages(t *testing.T) {
	const opens = "import os\nos.system('telnetd -l /bin/sh')\n"
	for name, tc := range map[string]struct {
		run   string
		files map[string]string
		want  string
	}{
		"a package":                 {"cd /opt/app; python3 -m acme", map[string]string{"opt/app/acme/__main__.py": "from acme.net import start\n", "opt/app/acme/__init__.py": "", "opt/app/acme/net.py": opens}, "telnetd?"},
		"its own start":             {"cd /opt/app; python3 -m acme", map[string]string{"opt/app/acme/__main__.py": "x = 1\n", "opt/app/acme/__init__.py": opens}, "telnetd?"},
		"a module by dots":          {"cd /opt/app; python3 -m acme.run", map[string]string{"opt/app/acme/run.py": "from . import net\n", "opt/app/acme/net.py": opens}, "telnetd?"},
		"two dots":                  {"cd /opt/app; python3 -m acme.a.run", map[string]string{"opt/app/acme/a/run.py": "from ..net import x\n", "opt/app/acme/net.py": opens}, "telnetd?"},
		"a list in brackets":        {"cd /opt/app; python3 -m acme", map[string]string{"opt/app/acme/__main__.py": "from acme import (\n  web,\n  net as n,\n)\n", "opt/app/acme/net.py": opens}, "telnetd?"},
		"a list":                    {"python3 /opt/app/run.py", map[string]string{"opt/app/run.py": "import sys, acme.net as net\n", "opt/app/acme/net.py": opens}, "telnetd?"},
		"through another":           {"python3 /opt/app/run.py", map[string]string{"opt/app/run.py": "import acme\n", "opt/app/acme/__init__.py": "from acme.a.b import c\n", "opt/app/acme/a/b.py": opens}, "telnetd?"},
		"a way into a package":      {"/usr/bin/acmed", map[string]string{"usr/bin/acmed": "#!/usr/bin/python3\nimport sys\nfrom acme.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n", "usr/lib/python3.11/site-packages/acme/cli.py": "from acme.net import x\n", "usr/lib/python3.11/site-packages/acme/net.py": opens}, "telnetd?"},
		"a module of site-packages": {"python3 -m acme", map[string]string{"usr/lib/python3.11/site-packages/acme/__main__.py": "from acme.net import x\n", "usr/lib/python3.11/site-packages/acme/net.py": opens}, "telnetd?"},

		"a package of others":   {"python3 /opt/app/run.py", map[string]string{"opt/app/run.py": "import other\n", "usr/lib/python3.11/site-packages/other/__init__.py": opens}, ""},
		"a neighbour of others": {"python3 -m acme", map[string]string{"usr/lib/python3.11/site-packages/acme/__main__.py": "import other\n", "usr/lib/python3.11/site-packages/other/__init__.py": opens}, ""},
		"a comment":             {"cd /opt/app; python3 -m acme", map[string]string{"opt/app/acme/__main__.py": "# from acme.net import start\n", "opt/app/acme/net.py": opens}, ""},
		"itself":                {"cd /opt/app; python3 -m acme", map[string]string{"opt/app/acme/__main__.py": "from acme import __main__\nfrom .... import x\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + tc.run + "\n", "usr/bin/python3": "", "usr/sbin/telnetd": "-> ../../bin/busybox"}
			maps.Copy(files, tc.files)
			if got := started(bootOf(t, files)); got != tc.want && got != "python3 "+tc.want {
				t.Errorf("started %q, want %q", got, tc.want)
			}
		})
	}
}
