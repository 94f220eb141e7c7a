package builds

import (
	"bytes"
	"path"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// Homes are programs that name a source file in the home folder of a
// person, which the compiler wrote there. One place is given for each program.
var Homes = &facts.Scan[assay.Location]{
	Name: "build-homes",
	Doc:  "Programs that name a source file in the home folder of the person who built them.",
	Want: func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size >= elf.MinSize },
	See: func(f *firmware.File, content []byte) []assay.Location {
		if !bytes.HasPrefix(content, []byte("\x7fELF")) {
			return nil
		}
		for _, parent := range []string{"/home/", "/Users/"} {
			if at, n := homePath(content, []byte(parent)); n > 0 {
				return []assay.Location{facts.AtSpan(f, at, at+n)}
			}
		}
		return nil
	},
}

// machineUsers are the users of build machines, who are no persons.
var machineUsers = []string{
	"admin", "android", "ansible", "autobuild", "bamboo", "bitbake", "build", "buildbot", "builder", "buildozer", "buildroot", "buildslave", "buildd", "ci", "circleci", "dev", "developer",
	"develop", "docker", "firmware", "git", "gitlab-runner", "gradle", "jenkins", "lede", "linuxbrew", "node", "openwrt", "package", "petalinux", "pi", "release", "root", "runner", "sdk", "share", "shared", "src", "svn", "teamcity", "test", "tools",
	"travis", "ubuntu", "user", "vagrant", "vsts", "vsonline", "work", "workspace", "yocto",
}

// homePath finds the path of a source file below the home folder of a person.
func homePath(content, parent []byte) (at, n int) {
	for from := 0; ; {
		i := bytes.Index(content[from:], parent)
		if i < 0 {
			return 0, 0
		}
		start := from + i
		from = start + len(parent)
		end := from
		for end < len(content) && end-start < 512 && content[end] > ' ' && content[end] < 0x7f && content[end] != ':' && content[end] != '"' {
			end++
		}
		user, rest, ok := bytes.Cut(content[from:end], []byte("/"))
		if !ok || len(user) < 2 || !isUserName(user) || slices.Contains(machineUsers, string(user)) {
			continue
		}
		switch path.Ext(string(rest)) {
		case ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".go", ".rs", ".S", ".s":
			return start, end - start
		}
	}
}

func isUserName(name []byte) bool {
	for _, b := range name {
		if !isLetter(b) && (b < '0' || b > '9') && b != '.' && b != '-' && b != '_' {
			return false
		}
	}
	return isLetter(name[0])
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
