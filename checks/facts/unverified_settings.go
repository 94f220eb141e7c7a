package facts

import (
	"path"
	"slices"
	"strings"
)

// Settings that makers and well-known programs give a name of their own, and what
// makes such a switch harmless: it is that of a server, or nobody is in between.

// Limits of what is read around a line, in bytes, and of addresses in it.
const (
	maxSectionSide = 4 << 10
	maxPeers       = 16
)

// ownSwitches are names by which programs of makers and others check certificates.
var ownSwitches = []string{"tls.verify", "tls_verify", "ssl.verify", "ssl_verify", "verify_peer", "verify_ssl", "verify_tls"}

// ownSwitchOff is a line that switches one of them off, or such a member of JSON.
var ownSwitchOff = lazy(`(?i)(?:^\s*(?:-\s+|option\s+)?["']?(?:\w+[._])*?(?:(?:tls|ssl)[._]verify|verify_(?:peer|ssl|tls))["']?(?:\s*[:=]\s*|\s+)["']?(?:0|false|no|off)["']?\s*,?\s*(?:\s[#;].*)?$|"(?:\w+[._])*?(?:(?:tls|ssl)[._]verify|verify_(?:peer|ssl|tls))"\s*:\s*(?:0|false|"(?:0|false|no|off)")\s*(?:[,}]|$))`)

// isSettings fits files of settings, and those of UCI.
func isSettings(name string) bool {
	return ending(".conf", ".cfg", ".cnf", ".ini", ".properties", ".env", ".yaml", ".yml", ".toml", ".json", ".json5")(name) || strings.HasSuffix(path.Dir(name), "etc/config")
}

// isOwnPHP fits programs in PHP, without what Composer and PEAR install.
func isOwnPHP(name string) bool {
	return ending(".php", ".phtml", ".inc", ".cgi")(name) && !strings.Contains(name, "/vendor/") && !strings.Contains(name, "share/php")
}

// furtherRules are rules of [unverifiedRules] in which the value stands in the line.
func furtherRules() []unverifiedRule {
	rules := []unverifiedRule{
		{isOwnPHP, "verify_peer", lazy(`['"]verify_peer(?:_name)?['"]\s*(?:=>|\]\s*=)\s*(?:false|0)\b`), "verify_peer false"},
		{isOwnPHP, "verify", lazy(`['"]verify['"]\s*=>\s*(?:false|0)\b`), "verify false"},
		{isOwnPHP, "CURLOPT_SSL_VERIFYHOST", lazy(`\bCURLOPT_SSL_VERIFYHOST\b['"]?\s*(?:,|=>)\s*(?:false|0)\b`), "CURLOPT_SSL_VERIFYHOST 0"},
		{func(name string) bool { return strings.Contains(name, "haproxy") }, "verify", lazy(`^\s*(?:(?:server|server-template|default-server)\s(?:.*\s)?ssl\s(?:.*\s)?verify|ssl-server-verify)\s+none\b`), "haproxy verify none"},
		{ending(".conf"), "proxy_ssl_verify", lazy(`\bproxy_ssl_verify\s+off\s*;`), nginxSwitch},
		{ending(".json", ".json5", ".yaml", ".yml", ".toml", ".conf"), "nsecureSkipVerify", lazy(`\b[iI]nsecureSkipVerify["']?\s*[:=]\s*["']?true\b`), "insecureSkipVerify"},
		{ending(".json", ".json5"), "insecure_skip_verify", lazy(`"insecure_skip_verify"\s*:\s*true\b`), "insecure_skip_verify"},
		{anyFile, "PERL_LWP_SSL_VERIFY_HOSTNAME", lazy(`\bPERL_LWP_SSL_VERIFY_HOSTNAME\b['"}\]]*\s*=\s*['"]?0\b`), "PERL_LWP_SSL_VERIFY_HOSTNAME=0"},
	}
	for _, name := range ownSwitches {
		rules = append(rules, unverifiedRule{isSettings, name, ownSwitchOff, name + ownSwitch})
	}
	return rules
}

// How the rules are called of which more is asked; that of own settings ends so.
const (
	ownSwitch   = " off"
	nginxSwitch = "proxy_ssl_verify off"
)

// spared reports whether a switch that was found keeps nobody's certificate from being
// checked that matters.
func spared(rule unverifiedRule, t Text, line Line) bool {
	if onlyLoopback(peersIn.Get().FindAllStringSubmatch(line.Text, maxPeers)) {
		return true
	}
	switch {
	case strings.HasSuffix(t.File.Name, ".php") && inBlockComment(t.Content[:line.Offset]):
		return true
	case rule.how == nginxSwitch:
		return proxiesToItself(t.Content)
	case strings.HasSuffix(rule.how, ownSwitch) && rule.literal+ownSwitch == rule.how:
		return sectionSpares(t, line)
	}
	return false
}

var (
	// peersIn match addresses, and the servers of haproxy.
	peersIn = lazy(`(?:\b[a-z][a-z0-9+.-]*://(?:[^\s"'@/]*@)?|^\s*server\s+\S+\s+)(\[[0-9A-Fa-f:.]+\]|[^\s"'/:;,?#\])}]+)`)
	// proxied match to whom nginx passes on with TLS, and upstreams the servers that it names.
	proxied   = lazy(`\bproxy_pass\s+https://(\[[0-9A-Fa-f:.]+\]|[^\s/:;]+)`)
	upstreams = lazy(`\bupstream\s+(\S+)\s*\{([^{}]*)\}`)
	upServers = lazy(`\bserver\s+(unix:|\[[0-9A-Fa-f:.]+\]|[^\s:;]+)`)

	withoutTLS  = lazy(`(?im)(?:^|[{,])\s*(?:-\s+|option\s+)?["']?(?:(?:use|enable|mqtt|http)[._-]?)?(?:tls|ssl)(?:[._-]?(?:enabled?|on|use))?["']?(?:\s*[:=]\s*|[ \t]+)["']?(?:0|false|no|off)\b`)
	ofServer    = lazy(`(?im)(?:^|[{,])\s*(?:-\s+|option\s+|list\s+)?["']?(?:listen\w*|bind\w*|accept|module)["']?(?:\s*[:=]|[ \t])`)
	peerSetting = lazy(`(?im)(?:^|[{,])\s*(?:-\s+|option\s+|list\s+)?["']?[\w.-]*(?:host(?:name)?|server|url|urls|uri|addr|address|broker|endpoint|connect)["']?(?:\s*[:=]\s*|[ \t]+)[\["']*(?:[a-z]+://)?(?:[^\s"'@/]*@)?(\[[0-9A-Fa-f:.]+\]|::1|[^\s"'/:;,?#\])}]+)`)
)

// onlyLoopback reports whether hosts are named, in the first group of each match, and all
// of them are the device itself.
func onlyLoopback(matches [][]string) bool {
	for _, m := range matches {
		if !isLoopback(strings.ToLower(m[1])) {
			return false
		}
	}
	return len(matches) > 0
}

// inBlockComment reports whether a text ends within a comment of C's form that begins
// its line.
func inBlockComment(before string) bool {
	i := strings.LastIndex(before, "/*")
	return i >= 0 && !strings.Contains(before[i:], "*/") && strings.TrimLeft(before[strings.LastIndexByte(before[:i], '\n')+1:i], " \t") == ""
}

// proxiesToItself reports whether settings of nginx name those to whom they pass on with
// TLS, and these are the device itself.
func proxiesToItself(content string) bool {
	passes := proxied.Get().FindAllStringSubmatch(content, maxPeers+1)
	if len(passes) == 0 || len(passes) > maxPeers {
		return false
	}
	groups := map[string]bool{}
	for _, up := range upstreams.Get().FindAllStringSubmatch(content, maxPeers) {
		groups[up[1]] = onlyLoopback(upServers.Get().FindAllStringSubmatch(up[2], maxPeers))
	}
	for _, pass := range passes {
		if !isLoopback(pass[1]) && !groups[pass[1]] {
			return false
		}
	}
	return true
}

// sectionSpares reports whether the section around a switch is that of a server (where the
// certificates are those of clients), is without TLS at all, or leads to the device itself.
func sectionSpares(t Text, line Line) bool {
	section := sectionAround(t, line)
	return ofServer.Get().MatchString(section) || withoutTLS.Get().MatchString(section) || onlyLoopback(peerSetting.Get().FindAllStringSubmatch(section, maxPeers))
}

// sectionAround is what belongs together with a line: what stands between two heads in
// square brackets or of UCI, the lines of YAML that are not set in less, the innermost
// object of JSON.
func sectionAround(t Text, line Line) string {
	at, end := int(line.Offset), int(line.Offset)+len(line.Text)
	from, to := max(0, at-maxSectionSide), min(len(t.Content), end+maxSectionSide)
	switch path.Ext(t.File.Name) {
	case ".json", ".json5":
		return objectAround(t.Content[from:to], at-from+strings.IndexByte(line.Text, '"')+1)
	case ".yaml", ".yml":
		depth := indent(line.Text)
		apart := func(s string) bool { return strings.TrimSpace(s) != "" && indent(s) < depth }
		return linesAround(t.Content, from, at, end, to, apart)
	}
	return linesAround(t.Content, from, at, end, to, func(s string) bool {
		s = strings.TrimSpace(s)
		return strings.HasPrefix(s, "[") || strings.HasPrefix(s, "config ")
	})
}

func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " -")) }

// linesAround are the lines around a line up to the next that stands apart.
func linesAround(content string, from, at, end, to int, apart func(string) bool) string {
	for start := at; start > from; {
		above := strings.LastIndexByte(content[from:start-1], '\n') + 1 + from
		if apart(content[above : start-1]) {
			from = start
			break
		}
		start = above
	}
	for next := end; next < to; {
		line, _, _ := strings.Cut(content[next+1:to], "\n")
		if apart(line) {
			to = next
			break
		}
		next += 1 + len(line)
	}
	return content[from:to]
}

// objectAround is what stands in the innermost braces around a place.
func objectAround(s string, at int) string {
	from, to := 0, len(s)
	for i, depth := min(at, len(s))-1, 0; i >= 0; i-- {
		if s[i] == '}' {
			depth++
		} else if s[i] == '{' {
			if depth--; depth < 0 {
				from = i
				break
			}
		}
	}
	for i, depth := at, 0; i < len(s); i++ {
		if s[i] == '{' {
			depth++
		} else if s[i] == '}' {
			if depth--; depth < 0 {
				to = i
				break
			}
		}
	}
	return s[from:to]
}

// asksItself reports whether a command of curl or wget names those from whom it fetches,
// and all of them are the device itself.
func asksItself(args []string, valued string) bool {
	asked := false
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case strings.HasPrefix(a, "-K") || strings.HasPrefix(a, "--config") || valued == valuedWget && (a == "-i" || strings.HasPrefix(a, "--input-file")):
			return false // addresses that stand in a file
		case strings.HasPrefix(a, "--url="):
			a = a[len("--url="):]
		case a == "--url":
			continue
		case strings.HasPrefix(a, "--"):
			if _, _, given := strings.Cut(a, "="); !given && i+1 < len(args) && !slices.Contains(flagsAlone, a) && !strings.HasPrefix(args[i+1], "-") && !strings.Contains(args[i+1], "://") && !isLoopback(hostOf(args[i+1])) {
				i++ // it may be the value of the flag
			}
			continue
		case len(a) > 1 && a[0] == '-':
			if k := strings.IndexAny(a[1:], valued); k >= 0 && k+2 == len(a) {
				i++
			}
			continue
		}
		if !isLoopback(hostOf(a)) {
			return false
		}
		asked = true
	}
	return asked
}

// flagsAlone are usual flags of curl and wget that take no value.
var flagsAlone = []string{"--insecure", "--silent", "--fail", "--location", "--show-error", "--no-check-certificate", "--quiet"}

// valuedWget are the short flags of wget that take a value.
const valuedWget = "OoTtUPaeiBQwDARIXl"

// hostOf is the host of an address whose scheme may be missing.
func hostOf(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		address = address[:i]
	}
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		address = address[i+1:]
	}
	if i := strings.LastIndexByte(address, ':'); i >= 0 && !strings.HasSuffix(address, "]") {
		address = address[:i]
	}
	return strings.ToLower(address)
}
