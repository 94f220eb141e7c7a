package builds

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// Leftover is a file of development that a device does not need.
type Leftover struct {
	Location assay.Location `json:"location"`
	Kind     LeftoverKind   `json:"kind"`
	Name     string         `json:"name"` // path in its container
}

// LeftoverKind is what a leftover is, in words.
type LeftoverKind string

// The kinds of leftover.
const (
	History      LeftoverKind = "history of commands"
	CoreDump     LeftoverKind = "memory dump"
	WorkingCopy  LeftoverKind = "working copy of version control"
	Capture      LeftoverKind = "capture of network traffic"
	Environment  LeftoverKind = "file of a developer's settings"
	DebugServer  LeftoverKind = "debug server"
	Compiler     LeftoverKind = "compiler"
	DebugProgram LeftoverKind = "debugging program"
	EditorBackup LeftoverKind = "swap file of an editor"
	OldCopy      LeftoverKind = "copy that an editor or a patch left"
	FolderView   LeftoverKind = "view of a folder that a desktop left"
)

// Leftovers are found by name and confirmed by content: an empty history and a
// page about gdbserver are none.
var Leftovers = &facts.Scan[Leftover]{
	Name:    "leftovers",
	Version: 3,
	Doc:     "Files of development: histories, memory dumps, version control, captures, debuggers, compilers.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size > 0 },
	See: func(f *firmware.File, content []byte) []Leftover {
		kind := leftoverKind(f.Name, content)
		if kind == "" {
			return nil
		}
		l := facts.At(f)
		if kind == History || kind == Environment {
			l = facts.AtSecret(f) // it may hold passwords
		}
		return []Leftover{{Location: l, Kind: kind, Name: f.Name}}
	},
}

var (
	histories     = []string{".bash_history", ".ash_history", ".sh_history", ".zsh_history", ".histfile", ".python_history", ".mysql_history", ".psql_history", ".sqlite_history", ".node_repl_history", ".gdb_history", ".ksh_history", ".lftp_history", ".rediscli_history", ".irb_history", ".php_history", ".octave_hist"}
	compilers     = []string{"gcc", "g++", "cc1", "cc1plus", "clang", "clang++", "tcc"}
	debugPrograms = []string{"gdb", "strace", "ltrace", "tcpdump", "perf", "valgrind", "lldb"}
	debugServers  = []string{"gdbserver", "lldb-server", "gdbserver64"}
)

func leftoverKind(name string, content []byte) LeftoverKind {
	base := path.Base(name)
	switch {
	case slices.Contains(histories, base) && written(content), isOwnHistory(base, content):
		return History
	case isWorkingCopy(name, content):
		return WorkingCopy
	case isCapture(content):
		return Capture
	case isEnvironment(base, content):
		return Environment
	case isSwap(base) && bytes.HasPrefix(content, []byte("b0VIM ")):
		return EditorBackup
	case isOldCopy(base) && written(content):
		return OldCopy
	case base == ".DS_Store" && bytes.HasPrefix(content, []byte("\x00\x00\x00\x01Bud1")), base == "Thumbs.db" && bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return FolderView
	case bytes.HasPrefix(content, []byte("\x7fELF")) && len(content) >= elf.MinSize:
		return leftoverProgram(base, content)
	}
	return ""
}

// isOwnHistory knows the histories that begin with their own name: of vim, which has
// searches, commands and files, and of less.
func isOwnHistory(base string, content []byte) bool {
	return base == ".viminfo" && bytes.HasPrefix(content, []byte("# This viminfo file ")) ||
		base == ".lesshst" && bytes.HasPrefix(content, []byte(".less-history-file:"))
}

// isSwap knows the names that vim gives: .swp, and .swo and .swn where one is there.
func isSwap(base string) bool {
	return strings.HasSuffix(base, ".swp") || strings.HasSuffix(base, ".swo") || strings.HasSuffix(base, ".swn")
}

// isOldCopy knows copies by their names: of editors (x~, #x#) and of patch (x.orig,
// x.rej). Copies of account files are told of by other checks.
func isOldCopy(base string) bool {
	if facts.NamesAccounts(base) {
		return false
	}
	return len(base) > 1 && strings.HasSuffix(base, "~") || len(base) > 2 && base[0] == '#' && strings.HasSuffix(base, "#") ||
		strings.HasSuffix(base, ".orig") || strings.HasSuffix(base, ".rej")
}

// written reports whether there is more in a text than blanks.
func written(content []byte) bool { return len(bytes.TrimSpace(content)) > 0 && facts.IsText(content) }

func leftoverProgram(base string, content []byte) LeftoverKind {
	order := binary.ByteOrder(binary.LittleEndian)
	if content[5] == 2 {
		order = binary.BigEndian
	}
	kind := order.Uint16(content[16:])
	switch {
	case kind == 4:
		return CoreDump
	case kind != 2 && kind != 3:
	case slices.Contains(debugServers, base):
		return DebugServer
	case slices.Contains(compilers, base) || isCrossCompiler(base):
		return Compiler
	case slices.Contains(debugPrograms, base):
		return DebugProgram
	}
	return ""
}

// isCrossCompiler knows arm-linux-gnueabihf-gcc and gcc-12.
func isCrossCompiler(base string) bool {
	base = strings.TrimRight(base, "0123456789.")
	return base == "gcc-" || base == "g++-" || base == "clang-" ||
		strings.Count(base, "-") >= 2 && (strings.HasSuffix(base, "-gcc") || strings.HasSuffix(base, "-gcc-"))
}

// isWorkingCopy looks at one file that each version control has once.
func isWorkingCopy(name string, content []byte) bool {
	switch {
	case strings.HasSuffix("/"+name, "/.git/HEAD"):
		return bytes.HasPrefix(content, []byte("ref: ")) || len(bytes.TrimSpace(content)) == 40
	case strings.HasSuffix("/"+name, "/.svn/entries"):
		return true
	case strings.HasSuffix("/"+name, "/.hg/requires"):
		return written(content)
	}
	return false
}

// isCapture knows pcap (version 2.4, either byte order, micro- or nanoseconds)
// and pcapng (section header block).
func isCapture(content []byte) bool {
	if len(content) < 24 {
		return false
	}
	le, be := binary.LittleEndian, binary.BigEndian
	for _, o := range []binary.ByteOrder{le, be} {
		if m := o.Uint32(content); (m == 0xa1b2c3d4 || m == 0xa1b23c4d) && o.Uint16(content[4:]) == 2 && o.Uint16(content[6:]) == 4 {
			return true
		}
		if be.Uint32(content) == 0x0a0d0d0a && o.Uint32(content[8:]) == 0x1a2b3c4d {
			return true
		}
	}
	return false
}

// isEnvironment knows .env and .env.production with a setting in it; a template
// is none.
func isEnvironment(base string, content []byte) bool {
	if base != ".env" && !(strings.HasPrefix(base, ".env.") && !slices.Contains([]string{".env.example", ".env.sample", ".env.template", ".env.dist"}, base)) {
		return false
	}
	if !facts.IsText(content) {
		return false
	}
	for line := range bytes.Lines(content) {
		name, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte("="))
		if ok && len(name) > 0 && name[0] != '#' && len(bytes.TrimSpace(value)) > 0 {
			return true
		}
	}
	return false
}
