package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// calledWords stand in the commands that matter to some fact: those that set passwords, are
// given some, and talk to others. A program without any is not read for its calls.
var calledWords = newLiterals([]string{
	"chpasswd", "passwd -", "passwd ", "usermod", "useradd", "adduser", "curl", "\"wget", "'wget", "`wget", " wget ", "/wget", "mosquitto_", "sshpass", "openssl ", "unzip ", "ftpput", "ftpget", "lftp", "smbclient",
	"mysql ", "redis-cli", "ipmitool", "cryptsetup", "snmp", "telnetd", "/etc/shadow", "nvram set", "fw_setenv",
})

// mayCall reports whether a file may be a program in another language that hands commands
// over. What has no ending of a language must be one that is run, or a page.
func mayCall(f *firmware.File) bool {
	if f.Kind != firmware.Regular || isTable(f) {
		return false
	}
	switch ext := path.Ext(f.Name); {
	case languages[ext] != "":
		return true
	case ext == ".cgi":
		return true
	default:
		return ext == "" && (f.Mode&0o111 != 0 || !f.Container.Modes)
	}
}

// eachCall gives the words of each call by which a program starts a command, with its
// place; one word is a line for the shell.
func eachCall(language string, t Text, found func(at assay.Location, words []string)) {
	if language == "JavaScript" && !strings.Contains(t.Content, "child_process") {
		return
	}
	code := codeOf(language, t.Content)
	text := code.text
	last, line, counted := 0, 1, 0
	for _, c := range callsIn(language, text) {
		begin := min(c.from+1, len(text))
		if begin < last || code.inString(c.to-1) || isComment(text[strings.LastIndexByte(text[:begin], '\n')+1:c.to]) {
			continue
		}
		last = c.to
		line, counted = line+strings.Count(text[counted:begin], "\n"), begin
		at := AtLine(t.File, line, t.odd.at(int64(begin)), int64(c.to-begin))
		if t.place != nil {
			at = *t.place
		}
		found(at, readCall(language, c.opening, text[c.to:min(len(text), c.to+maxCallText)]))
	}
}
