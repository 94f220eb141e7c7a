package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// Commands that a compiled program hands to a shell stand in it as strings. Which of them
// runs, and when, only its code says: they are read as what may run.

// Limits of one program.
const (
	maxCompiledText  = 512 // bytes of a command
	maxCompiledLines = 512 // commands
	maxCompiledFile  = 256 << 20
)

// handsToShell are functions by which programs run a command: the C library's, and those
// that makers of devices commonly put around them.
var handsToShell = []string{
	"system", "popen", "execl", "execlp", "execle", "execv", "execvp", "execve", "posix_spawn", "posix_spawnp", "wordexp",
	"doSystem", "doSystemCmd", "do_system", "twsystem", "tw_system", "CsteSystem", "bl_do_system", "lxmldbc_system", "v_secure_system", "v_secure_popen",
	"systemf", "system_ex", "my_system", "mysystem", "safe_system", "SystemCmd", "run_system", "vsystem", "FCGI_popen", "_eval", "_dosys", "_xsystem",
}

// compiledWords stand in the commands that matter to some check: those that open the
// device, set passwords, fetch, record, and hold secrets.
var compiledWords = newLiterals(slices.Concat(commandWords, settingWords))

var (
	commandWords = []string{"telnetd", ".sh", "init.d/", "chpasswd", "| passwd", "|passwd", "/etc/passwd", "/etc/shadow", "curl ", "wget ", "nc -l", "socat ", "adbd", "openssl ", "sshpass ", "ftpget ", "ftpput ", "tftp -", "mtd write", "mtd_write ", "flashcp ", "nandwrite ", "sysupgrade ", "passwd -d", "mosquitto_sub ", "mtd -", "unzip -", "tar x", "tar -x", "tar zx", "tar -zx", "dpkg -i", "of=/dev/mtd", "of=/dev/mmcblk", "arecord ", "tinycap ", "fswebcam "}
	// settingWords stand in commands that matter only where they set a secret.
	settingWords = []string{"iwpriv ", "nmcli ", "uci set ", "nvram set ", "nvram_set ", "mosquitto_pub ", "wpa_passphrase ", "set_network ", "set_pmk ", "flash set ", "tcapi set "}
)

// compiledLine is a string of a program that reads as a command.
type compiledLine struct {
	file     *firmware.File
	text     string
	open     string // why it may be a command, if nothing tells that it is one
	location assay.Location
}

// compiledLines are such strings of programs and libraries of ELF.
var compiledLines = &Scan[compiledLine]{
	Name:    "compiled-commands",
	Version: 4,
	Doc:     "Commands that are strings of programs which run commands.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && f.Size >= elf.MinSize && f.Size <= maxCompiledFile && handsCommands(f)
	},
	Words: compiledWords,
	Spot:  seeCompiledLines,
}

// handsCommands leaves out programs whose strings are names and help texts of what they
// are themselves: busybox, shells, interpreters, and Telnet's own.
func handsCommands(f *firmware.File) bool {
	name := path.Base(f.Name)
	d, _ := daemonOf(name, "")
	return d.kind != KindTelnet && !isMultiCall(f.Name) && !interpreted(name) && !slices.Contains(shellNames, name)
}

func seeCompiledLines(f *firmware.File, content []byte, words sights) []compiledLine {
	if !bytes.HasPrefix(content, elfStart) || !words.Any() {
		return nil
	}
	e, err := elf.Parse(content)
	if err != nil {
		return nil
	}
	runs := e.Imports(handsToShell...)
	if len(runs) == 0 && !(len(e.Needed) == 0 && bytes.Contains(content, []byte("\x00-c\x00"))) {
		return nil
	}
	var found []compiledLine
	end := 0
	words.Each(func(word, at int) bool {
		if at < end {
			return true
		}
		from := at
		for from > 0 && at-from < maxCompiledText && content[from-1] != 0 {
			from--
		}
		past := bytes.IndexByte(content[at:min(len(content), at+maxCompiledText)], 0)
		if past < 0 {
			return true
		}
		end = at + past
		text := string(content[from:end])
		found = append(found, filledPasswords(f, content, text)...)
		if word >= len(commandWords) && !setsSecret(text) {
			return true
		}
		open := bareTelnet(content, from, end, runs)
		if open == "" && !isCompiledCommand(f, text) {
			return true
		}
		l := compiledLine{file: f, text: formatParts.Get().ReplaceAllLiteralString(strings.TrimSpace(text), unknownPart), open: open, location: At(f)}
		l.location.Offset, l.location.Length = int64(from), int64(end-from)
		if open == telnetRuns {
			l.open = ""
		}
		if len(found) == maxCompiledLines-1 {
			l.open = "it holds more commands than are read"
		}
		found = append(found, l)
		return len(found) < maxCompiledLines
	})
	return found
}

// passwordFormat is a command that sets the passwords which a program fills in whole.
var passwordFormat = lazy(`^\s*echo(?:\s+-[en]+)?\s+["']?%s["']?\s*\|\s*(?:/usr)?(?:/s?bin/)?chpasswd\b[^%]*$`)

// filledAccounts are those whose login may be a string of such a program.
var filledAccounts = []string{"\x00root:", "\x00admin:", "\x00administrator:"}

// filledPasswords are the commands that come of such a one with the logins that are strings
// of the program: "echo %s | chpasswd" and "root:secret". A name and a name, as chown takes
// them, are no login.
func filledPasswords(f *firmware.File, content []byte, text string) []compiledLine {
	if !strings.Contains(text, "chpasswd") || !passwordFormat.Get().MatchString(text) {
		return nil
	}
	var found []compiledLine
	for _, account := range filledAccounts {
		for from := 0; len(found) < maxFilledPasswords; {
			i := bytes.Index(content[from:], []byte(account))
			if i < 0 {
				break
			}
			from += i + 1
			end := bytes.IndexByte(content[from:min(len(content), from+maxCompiledText)], 0)
			if end < 0 {
				continue
			}
			login := strings.TrimRight(string(content[from:from+end]), "\r\n")
			password := login[len(account)-1:]
			if strings.ContainsAny(password, ":$%\\'\"();&|*?,") || !isLiteralSecret(password) || !strings.ContainsAny(password, "0123456789") || !isStrongWord(password) && !isListed(password) {
				continue
			}
			l := compiledLine{file: f, text: strings.Replace(strings.TrimSpace(text), "%s", login, 1), location: At(f)}
			l.location.Offset, l.location.Length = int64(from), int64(end)
			found = append(found, l)
		}
	}
	return found
}

// maxFilledPasswords is the number of such logins of one command.
const maxFilledPasswords = 8

// formatParts are the places that printf(3) fills in.
var formatParts = lazy(`%[-+ #0]*[0-9*]*(?:\.[0-9*]+)?(?:hh?|ll?|[jztL])?[diouxXeEfgGcsp]`)

// compiledPrograms are those by which a command begins that matters to some check, with
// the words of the shell that stand before them.
var compiledPrograms = strings.Fields(`telnetd utelnetd busybox nc ncat netcat socat adbd chpasswd passwd echo printf cat sed curl wget openssl sshpass ftpget ftpput tftp mtd mtd_write flashcp nandwrite sysupgrade dd tar unzip dpkg arecord tinycap fswebcam
	iwpriv nmcli uci nvram nvram_set flash tcapi wl wpa_cli wpa_passphrase mosquitto_pub mosquitto_sub
	sh ash bash cd rm killall pkill sleep export mkfifo mkdir chmod test [ if for while ( { nohup setsid nice start-stop-daemon`)

// isCompiledCommand reports whether a string reads as a command: its first word is that
// of one, something follows, and it is neither a help text nor a sentence.
func isCompiledCommand(f *firmware.File, text string) bool {
	trimmed := strings.TrimSpace(text)
	first, rest, _ := strings.Cut(trimmed, " ")
	program := path.Base(strings.Trim(first, "(`"))
	switch d, _ := daemonOf(program, ""); {
	case program == path.Base(f.Name) || text[0] == ' ' && strings.HasPrefix(text, "  ") || !isCommandText(trimmed):
		return false
	case rest == "" && d.kind == KindTelnet: // see [bareTelnet]
		return false
	case startsTelnet.Get().MatchString(trimmed):
		return plainCommand.Get().MatchString(first)
	case d.kind == KindTelnet:
		return false
	case rest == "":
		return scriptPath.Get().MatchString(trimmed)
	}
	return slices.Contains(compiledPrograms, program) || strings.HasPrefix(first, "/") && !strings.HasSuffix(first, ":") || strings.Contains(first, "=") && !strings.ContainsAny(first, "?&")
}

// setsSecret reports whether a command that makes a setting names a password or a key.
func setsSecret(text string) bool {
	return holdsAny(text, secretNames) || strings.Contains(text, ".key=") || strings.Contains(text, " set_pmk ") || strings.HasPrefix(text, "mosquitto_pub ") && strings.Contains(text, " -P ")
}

// isCommandText rules out what only people read.
func isCommandText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\n' && s[i] != '\t' || s[i] > '~' {
			return false
		}
	}
	for _, sign := range []string{"[-", "...", "Usage", "usage:", ": %s", "<url", "<file", "<host", "<pass", "<user", "[opt", "failed", "error:", "Error", "cannot"} {
		if strings.Contains(s, sign) {
			return false
		}
	}
	return true
}
