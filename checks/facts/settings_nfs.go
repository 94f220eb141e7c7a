package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// settleNFS reads what the kernel's NFS server gives to any host: /etc/exports, the
// files *.exports of /etc/exports.d, and what the boot exports by exportfs(8).
func settleNFS(g *boot, s *Service) {
	g.settleDefault(s)
	names := []string{"etc/exports"}
	for _, name := range g.filesIn("etc/exports.d") {
		if base := path.Base(name); strings.HasSuffix(base, ".exports") && base[0] != '.' && len(names) < maxInclude {
			names = append(names, name)
		}
	}
	for _, name := range names {
		parts, _ := g.partsOf("/" + name)
		for _, p := range parts {
			for _, at := range openExports(p.text) {
				openShare(s, at)
			}
		}
	}
	for _, c := range g.commands {
		if c.Program() != "exportfs" {
			continue
		}
		if _, args := c.Effective(); exportsToAll(args) {
			s.Certain = s.Certain && !c.Conditional
			openShare(s, c.Location)
		}
	}
}

// openExports gives the lines of exports(5) that give a folder to any host; a line may go
// on behind a backslash.
func openExports(t Text) []assay.Location {
	var open []assay.Location
	var start Line
	var entry strings.Builder
	end := func() {
		if isOpenExport(strings.TrimSpace(entry.String())) {
			open = append(open, t.At(start))
		}
		entry.Reset()
	}
	for line := range t.Lines() {
		if entry.Len() == 0 {
			start = line
		}
		text, more := strings.CutSuffix(strings.TrimRight(line.Text, " \t\r"), `\`)
		entry.WriteString(text + " ")
		if !more || entry.Len() > maxExport {
			end()
		}
	}
	end()
	return open
}

// maxExport bounds an entry of exports(5) that goes over several lines, in bytes.
const maxExport = 1 << 16

// isOpenExport reports whether an entry of exports(5) gives its folder to any host, as one
// without a host does. Options behind "-" are those of all hosts behind them.
func isOpenExport(entry string) bool {
	if entry == "" || entry[0] == '#' {
		return false
	}
	if name, ok := strings.CutPrefix(entry, `"`); ok { // a folder with a space in its name
		_, entry, _ = strings.Cut(name, `"`)
		entry = "/" + entry
	}
	common, hosts := "", 0
	for _, word := range strings.Fields(entry)[1:] {
		switch {
		case word[0] == '-':
			common = word[1:]
			continue
		case word[0] == '#':
			return hosts == 0 && !needsKerberos(common)
		case anyHost(word, common):
			return true
		}
		hosts++
	}
	return hosts == 0 && !needsKerberos(common)
}

// anyHost reports whether a client of exports(5) is everyone, and no Kerberos stands
// before the folder.
func anyHost(client, common string) bool {
	host, options, _ := strings.Cut(client, "(")
	if !strings.Contains(options, "sec=") {
		options = common
	}
	return slices.Contains([]string{"", "*", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "::/0"}, host) && !needsKerberos(options)
}

// needsKerberos reports whether options let in only who has a ticket: all ways of sec=
// are those of Kerberos.
func needsKerberos(options string) bool {
	kerberos := false
	for option := range strings.SplitSeq(strings.TrimRight(options, ")"), ",") {
		ways, ok := strings.CutPrefix(option, "sec=")
		if ok && slices.ContainsFunc(strings.Split(ways, ":"), func(w string) bool { return !strings.HasPrefix(w, "krb5") }) {
			return false
		}
		kerberos = kerberos || ok
	}
	return kerberos
}

// exportsToAll reports whether arguments of exportfs(8) give a folder to any host:
// "*:/data", ":/data".
func exportsToAll(args []string) bool {
	options, open := "", false
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-o" && i+1 < len(args):
			i++
			options = args[i]
		case strings.HasPrefix(a, "-o"):
			options = a[2:]
		case strings.HasPrefix(a, "-"):
			if !strings.HasPrefix(a, "--") && strings.Contains(a, "u") { // it takes back
				return false
			}
		default:
			if at := strings.LastIndex(a, ":/"); at >= 0 {
				host := strings.Replace(strings.TrimPrefix(a[:at], "["), "]", "", 1) // IPv6 stands in brackets
				open = open || anyHost(host, "")
			}
		}
	}
	return open && !needsKerberos(options)
}
