package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxUnverified bounds the findings in one text.
const maxUnverified = 64

// Unverified is a place where the check of another machine's certificate is
// switched off.
type Unverified struct {
	How      string         `json:"how"`              // as written: "curl -k", "rejectUnauthorized: false"
	Update   string         `json:"update,omitempty"` // the updater that does not know better: "own" in a script that fetches or installs software
	Tool     bool           `json:"tool,omitempty"`   // in a tool that nothing seen calls, and whoever calls it says to whom it speaks
	Table    bool           `json:"table,omitempty"`  // in a unit or table of which the start runs nothing
	Location assay.Location `json:"location"`
}

// UnverifiedTLS are the places where scripts and settings switch the check of
// certificates off.
var UnverifiedTLS = &Fact[[]Unverified]{
	Name:    "unverified-tls",
	Version: 8,
	Doc:     "Commands, settings and scripts that accept any certificate.",
	Needs:   []Node{Tree, Texts, Scripts, Boot, Updaters, handedCommands},
	Observe: func(o *Observer) ([]Unverified, error) {
		img, err0 := Tree.Of(o)
		texts, err1 := Texts.Of(o)
		scripts, err2 := Scripts.Of(o)
		g, err3 := Boot.Of(o)
		updaters, err4 := Updaters.Of(o)
		others, err5 := handedCommands.Of(o)
		all := []Unverified{}
		for _, err := range []error{err0, err1, err2, err3, err4, err5} {
			if err != nil {
				return all, err
			}
		}
		updating := updateFiles(updaters)
		add := func(how string, at assay.Location) {
			if how != "" {
				all = append(all, Unverified{How: how, Update: updating[at.Path], Location: at})
			}
		}
		named := settingsByCommand(img, texts, add)
		for _, s := range scripts {
			for _, c := range s.Commands.All() {
				n := len(all)
				add(acceptsAny(&c), c.Location)
				if len(all) > n && speaksToItself(&c) {
					all[n].Update = ""
				}
				if len(all) > n && all[n].Update == "" && leavesPeer(&c) {
					at, ok := slices.BinarySearchFunc(img.Files, s.Path, func(f *firmware.File, path string) int { return cmp.Compare(f.Path, path) })
					all[n].Tool = ok && isIdle(img, texts, img.Files[at])
				}
				named(&c)
			}
		}
		for i := range g.Commands { // those of units and tables stand in no script
			c := &g.Commands[i]
			add(acceptsAny(&c.Command), c.Location)
			named(&c.Command)
		}
		started := len(all)
		for _, h := range others {
			if ofOthers(h.Name) {
				continue
			}
			for _, c := range h.Commands.All() {
				n := len(all)
				if add(acceptsAny(&c), c.Location); len(all) == n || h.by != byTable {
					continue
				}
				root, _, _ := cutLast(h.Path, "!")
				all[n].Table = followedWhole(g.Inits, root) && !slices.ContainsFunc(all[:started], func(u Unverified) bool {
					return u.Location.Path == c.Location.Path && u.Location.Line == c.Location.Line
				})
			}
		}
		for _, t := range texts.All() {
			eachUnverified(t, add)
		}
		slices.SortStableFunc(all, func(a, b Unverified) int { // what runs comes before what only stands in a table
			return cmp.Or(a.Location.Compare(b.Location), cmp.Compare(a.How, b.How))
		})
		return slices.CompactFunc(all, func(a, b Unverified) bool {
			return a.How == b.How && a.Location.Path == b.Location.Path && a.Location.Line == b.Location.Line
		}), nil
	},
}

// speaksToItself reports whether all addresses of a command that fetches are the device's
// own: no update comes from there.
func speaksToItself(c *Command) bool {
	words := addressesIn(c)
	return len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool {
		e, ok := parseEndpoint(word)
		return !ok || !e.Loopback()
	})
}

// ByCommand reports whether a command that fetches by itself has the switch, so that it
// says nothing of how others fetch.
func (u Unverified) ByCommand() bool {
	program, _, _ := strings.Cut(u.How, " ")
	return slices.Contains([]string{"curl", "wget", "uclient-fetch", "aria2c"}, program)
}

// updateFiles are the scripts of the maker's own updaters, and the settings of
// those that do not check a signature either; the value is the updater's name.
func updateFiles(updaters []Updater) map[string]string {
	files := map[string]string{}
	for _, u := range updaters {
		if u.Name != "own" && u.Verification.State == Verifies {
			continue
		}
		for _, l := range u.Places {
			if files[l.Path] == "" || u.Name == "own" {
				files[l.Path] = u.Name
			}
		}
	}
	return files
}

// valued are the short flags of curl that take a value, so that what follows in
// the same word is no flag.
const valued = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"

// acceptsAny says how a command switches the check off; empty if it does not.
func acceptsAny(c *Command) string {
	for _, a := range c.Assigns {
		if switchedOff(a.Name, a.Value) {
			return a.Name + "=" + a.Value
		}
	}
	name, args := c.Effective()
	has := func(flags ...string) string {
		for _, f := range flags {
			if slices.Contains(args, f) {
				return path.Base(name) + " " + f
			}
		}
		return ""
	}
	switch base := path.Base(name); base {
	case "curl":
		short := hasShort(args, 'k', valued)
		how := cmp.Or(has("--insecure", "--proxy-insecure"), abbreviated(base, args, "--insecure", "--ins"))
		if !short && how == "" || asksItself(args, valued) {
			return ""
		}
		if short {
			return "curl -k"
		}
		return how
	case "wget", "uclient-fetch", "aria2c", "opkg":
		if how := abbreviated(base, args, "--no-check-certificate", "--no-ch"); how != "" && base == "wget" {
			if asksItself(args, valuedWget) {
				return ""
			}
			return how
		}
		return has("--no-check-certificate", "--check-certificate=false")
	case "mosquitto_pub", "mosquitto_sub", "mosquitto_rr":
		return has("--insecure")
	case "rauc":
		return has("--tls-no-verify")
	case "swupdate":
		return swupdateNoCheck(args)
	case "apt", "apt-get":
		if slices.ContainsFunc(args, aptNoPeer.Get().MatchString) {
			return "apt Verify-Peer=false"
		}
	case "npm":
		if slices.Contains(args, "--strict-ssl=false") || slices.Contains(args, "strict-ssl") && slices.Contains(args, "false") || slices.Contains(args, "strict-ssl=false") {
			return "npm strict-ssl=false"
		}
	case "pip", "pip3":
		return has("--trusted-host")
	case "yum", "dnf", "microdnf":
		return has("--setopt=sslverify=0", "--setopt=sslverify=false", "--setopt=sslverify=False")
	case "socat":
		for _, a := range args {
			if k, _, _ := strings.Cut(strings.ToUpper(a), ":"); (strings.HasPrefix(k, "OPENSSL") || strings.HasPrefix(k, "SSL")) && !strings.Contains(k, "LISTEN") && strings.Contains(a, "verify=0") {
				return "socat verify=0"
			}
		}
	case "git":
		if slices.Contains(args, "http.sslVerify=false") || slices.Contains(args, "http.sslVerify") && slices.Contains(args, "false") {
			return "git http.sslVerify=false"
		}
	}
	return ""
}

// aptNoPeer is an option of apt that switches the check off, as its settings do.
var aptNoPeer = lazy(`(?i)^(?:-o)?Acquire::https(?:::\S+)?::Verify-Peer=["']?(?:false|no|0)\b`)

// swupdateNoCheck finds the option of a way to fetch (-d, -u), whose options are one
// word of SWUpdate's command line, that takes any certificate.
func swupdateNoCheck(args []string) string {
	for _, a := range args {
		for _, word := range strings.Fields(a) {
			if word == "-x" && a != word || word == "--nocheckcert" {
				return "swupdate " + word
			}
		}
	}
	return ""
}

// abbreviated finds a long flag that is written in full or cut short, though not
// shorter than the word from which it is unmistakable (getopt_long(3)).
func abbreviated(program string, args []string, flag, least string) string {
	for _, a := range args {
		if strings.HasPrefix(a, least) && strings.HasPrefix(flag, a) {
			return program + " " + flag
		}
	}
	return ""
}

// hasShort reports whether a flag stands in a group of short flags, before one
// that takes the rest as its value.
func hasShort(args []string, flag byte, valued string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		if len(a) < 2 || a[0] != '-' || a[1] == '-' {
			return false
		}
		for i := 1; i < len(a); i++ {
			if a[i] == flag {
				return true
			}
			if strings.IndexByte(valued, a[i]) >= 0 {
				return false
			}
		}
		return false
	})
}

// switchedOff reports whether a variable switches the check off.
func switchedOff(name, value string) bool {
	switch strings.TrimSpace(name) {
	case "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY", "PERL_LWP_SSL_VERIFY_HOSTNAME":
		return strings.Trim(value, `"'`) == "0"
	}
	return false
}

// unverifiedRule is a rule on the lines of texts: of files whose name fits, a
// literal, and an expression where the literal was found.
type unverifiedRule struct {
	fits    func(name string) bool
	literal string
	line    *pattern
	how     string
}

func named(bases ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(bases, path.Base(name)) }
}

func ending(ends ...string) func(string) bool {
	return func(name string) bool {
		return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(name, e) })
	}
}

// sourcesOf is ending, without the declarations of TypeScript, which run nothing.
func sourcesOf(ends ...string) func(string) bool {
	fits := ending(ends...)
	return func(name string) bool { return fits(name) && !strings.HasSuffix(name, ".d.ts") }
}

// below fits the files that lie in such a folder.
func below(folder string) func(string) bool {
	return func(name string) bool { return strings.HasSuffix(path.Dir(name), folder) }
}

func anyFile(string) bool { return true }

var unverifiedRules = append(furtherRules(), []unverifiedRule{
	{below("swupdate/conf.d"), "SWUPDATE_", lazy(`^\s*SWUPDATE_(?:SURICATTA|DOWNLOAD)_ARGS=.*\s(?:-x|--nocheckcert)(?:[\s"']|$)`), "swupdate -x"},
	{named("yum.conf", "dnf.conf"), "sslverify", lazy(`(?i)^\s*sslverify\s*=\s*(?:0|false|no)\b`), "sslverify = 0"},
	{ending(".repo"), "sslverify", lazy(`(?i)^\s*sslverify\s*=\s*(?:0|false|no)\b`), "sslverify = 0"},
	{named("pip.conf"), "trusted-host", lazy(`^\s*trusted-host\s*=`), "trusted-host"},
	{named("curlrc", ".curlrc", "_curlrc"), "insecure", lazy(`^\s*-{0,2}insecure\b`), "insecure"},
	{named("curlrc", ".curlrc", "_curlrc"), "-k", lazy(`^\s*-k\b`), "-k"},
	{named("wgetrc", ".wgetrc"), "check_certificate", lazy(`(?i)^\s*check_certificate\s*=\s*(?:off|no|0)\b`), "check_certificate = off"},
	{ending(".conf"), "bridge_insecure", lazy(`^\s*bridge_insecure\s+true\b`), "bridge_insecure true"},
	{ending("/mender.conf"), "SkipVerify", lazy(`"SkipVerify"\s*:\s*true\b`), "SkipVerify true"},
	{ending("/rauc-hawkbit-updater/config.conf"), "ssl_verify", lazy(`(?i)^\s*ssl_verify\s*=\s*(?:false|0|no)\b`), "ssl_verify=false"},
	{anyFile, "Verify-Peer", lazy(`(?i)Acquire::https(?:::\S+)?::Verify-Peer\s+"?(?:false|0|no)\b`), "Verify-Peer false"},
	{func(name string) bool {
		return strings.Contains(path.Base(name), "opkg") || strings.Contains(name, "/opkg/")
	}, "no_check_certificate", lazy(`^\s*option\s+no_check_certificate(?:\s+['"]?1['"]?)?\s*$`), "no_check_certificate"},
	{named(".gitconfig", "gitconfig", "config"), "ssl", lazy(`(?i)^\s*sslVerify\s*=\s*(?:false|no|off|0)\b`), "sslVerify = false"},
	{named(".npmrc", "npmrc"), "strict-ssl", lazy(`^\s*strict-ssl\s*=\s*false\b`), "strict-ssl=false"},
	{anyFile, "ssl:verify-certificate", lazy(`\bset\s+ssl:verify-certificate(?:/\S+)?\s+['"]?(?:no|off|false|0)\b`), "ssl:verify-certificate no"},
	{anyFile, "TLS_REQCERT", lazy(`(?i)^\s*TLS_REQCERT\s+(?:never|allow)\b`), "TLS_REQCERT never"},
	{anyFile, "tls_certcheck", lazy(`^\s*tls_certcheck\s+off\b`), "tls_certcheck off"},
	{anyFile, "NODE_TLS_REJECT_UNAUTHORIZED", lazy(`\bNODE_TLS_REJECT_UNAUTHORIZED\b['"\]]*\s*=\s*['"]?0\b`), "NODE_TLS_REJECT_UNAUTHORIZED=0"},
	{anyFile, "GIT_SSL_NO_VERIFY", lazy(`(?:^|[\s;"])GIT_SSL_NO_VERIFY=['"]?(?:1|true)\b`), "GIT_SSL_NO_VERIFY=1"},
	{sourcesOf(".js", ".mjs", ".cjs", ".ts"), "rejectUnauthorized", lazy(`\brejectUnauthorized['"]?\s*:\s*false\b`), "rejectUnauthorized: false"},
	{ending(".py"), "verify", lazy(`\bverify\s*=\s*False\b`), "verify=False"},
	{ending(".py"), "_create_unverified_context", lazy(`\bssl\._create_unverified_context\b`), "_create_unverified_context"},
	{ending(".py"), "CERT_NONE", lazy(`\b(?:verify_mode|cert_reqs)\s*=\s*(?:ssl\.)?CERT_NONE\b`), "CERT_NONE"},
	{ending(".py"), "tls_insecure_set", lazy(`\.tls_insecure_set\(\s*True\s*\)`), "tls_insecure_set(True)"},
	{ending(".json", ".json5"), "rejectUnauthorized", lazy(`"rejectUnauthorized"\s*:\s*false\b`), "rejectUnauthorized: false"},
	{ending(".yaml", ".yml"), "reject_unauthorized", lazy(`^\s*reject_unauthorized\s*:\s*false\b`), "reject_unauthorized: false"},
	{ending(".conf", ".toml", ".yaml", ".yml"), "insecure_skip_verify", lazy(`^\s*insecure_skip_verify\s*[:=]\s*true\b`), "insecure_skip_verify"},
	{ending(".php", ".cgi"), "CURLOPT_SSL_VERIFYPEER", lazy(`\bCURLOPT_SSL_VERIFYPEER\b['"]?\s*(?:,|=>)\s*(?:false|0)\b`), "CURLOPT_SSL_VERIFYPEER false"},
	{ending(".py"), "verify_ssl", lazy(`\bverify_ssl\s*=\s*False\b`), "verify_ssl=False"},
	{ending(".py"), "TCPConnector", lazy(`\bTCPConnector\([^)]*\bssl\s*=\s*False\b`), "TCPConnector(ssl=False)"},
	{ending(".pl", ".pm", ".cgi"), "verify_hostname", lazy(`\bverify_hostname['"]?\s*=>\s*0\b`), "verify_hostname => 0"},
	{ending(".pl", ".pm", ".cgi"), "SSL_verify_mode", lazy(`\bSSL_verify_mode['"]?\s*=>\s*(?:0x0?0?\b|(?:IO::Socket::SSL::)?SSL_VERIFY_NONE\b)`), "SSL_verify_mode => SSL_VERIFY_NONE"},
	{ending(".rb"), "VERIFY_NONE", lazy(`\bverify_mode\b:?\s*(?:=>?)?\s*OpenSSL::SSL::VERIFY_NONE\b`), "VERIFY_NONE"},
	{ending(".yaml", ".yml", ".conf", ".ini", ".toml"), "tls_insecure", lazy(`^\s*tls_insecure\s*[:=]\s*(?:true|yes|on|1)\b`), "tls_insecure"},
	{ending(".lua"), "verify", lazy(`\bverify\s*=\s*["']none["']`), `verify = "none"`},
}...)

// ruleLiterals finds the literals of unverifiedRules, in their order.
var ruleLiterals = newLiterals(ruleWords())

func ruleWords() (words []string) {
	for _, rule := range unverifiedRules {
		words = append(words, rule.literal)
	}
	return words
}

// eachUnverified looks for settings that switch the check off.
func eachUnverified(t Text, found func(how string, at assay.Location)) {
	if ofOthers(asInstalled(t.File)) {
		return
	}
	if strings.Contains(t.File.Name, "stunnel") {
		eachStunnel(t, found)
	}
	if !t.holds(ruleLiterals) {
		return
	}
	n := 0
	code := sync.OnceValue(func() programCode { return codeOfProgram(t) })
	for i, there := range ruleLiterals.Are(t.Content) {
		rule := unverifiedRules[i]
		if !there || !rule.fits(t.File.Name) {
			continue
		}
		for line := range t.Lines() {
			if n < maxUnverified && strings.Contains(line.Text, rule.literal) && (!isComment(line.Text) || beginsWithString(t.File.Name, line.Text)) && rule.line.Get().MatchString(line.Text) && !askedFor(t.Content[:line.Offset]) && !spared(rule, t, line) && switchesHere(rule, t, line, code) {
				found(rule.how, t.At(line))
				n++
			}
		}
	}
}

// beginsWithString reports whether a line of PHP begins with a string, where other files
// have a comment of Vim.
func beginsWithString(name, line string) bool {
	return strings.HasSuffix(name, ".php") && strings.HasPrefix(strings.TrimLeft(line, " \t"), `"`)
}

// askedFor reports whether what stands before a line ends in a condition that a caller
// switched the check off by the very word false, which nobody leaves unset by chance.
func askedFor(before string) bool {
	const most = 300
	before = before[max(0, len(before)-most):]
	return strings.Contains(before, "=== false") && verifyAsked.Get().MatchString(before)
}

var verifyAsked = lazy(`if\s*\(\s*\$[\w>\[\]'"-]*verify[\w'"\]]*\s*===\s*false\s*\)\s*\{[^{}]*$`)

// asInstalled is the name of a file, in a package of Python that from which it would be
// imported.
func asInstalled(f *firmware.File) string {
	if p := f.Container.Path; strings.HasSuffix(p, ".whl!zip") || strings.HasSuffix(p, ".egg!zip") {
		return "site-packages/" + f.Name
	}
	return f.Name
}

// ofOthers are the folders of published modules, which name such settings and
// do not make them.
func ofOthers(name string) bool {
	for _, dir := range []string{"site-packages/", "dist-packages/", "node_modules/", "lib/python", "share/perl", "lib/perl", "share/doc/", "share/man/", "share/bash-completion/", "share/vim/", "share/nano/"} {
		if strings.Contains(name, dir) {
			return true
		}
	}
	return false
}
