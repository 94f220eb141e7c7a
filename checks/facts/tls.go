package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// TLSSetting is a setting that says which versions or ciphers of TLS a program
// takes.
type TLSSetting struct {
	Program  string         `json:"program"`        // lighttpd, nginx, …, or the file's name
	Weak     []string       `json:"weak,omitempty"` // what it allows that is broken: "SSLv3", "TLS 1.0", "RC4", …
	Version  bool           `json:"version"`        // it speaks of versions, not of ciphers
	Used     Known          `json:"used,omitempty"` // the program is started and speaks TLS; Unknown for files of libraries
	Root     string         `json:"root"`
	Location assay.Location `json:"location"`
}

// TLSServer is a started service that speaks TLS, and what it is built on.
type TLSServer struct {
	Service  string           `json:"service"`
	Settings bool             `json:"settings"`          // its settings say which versions it takes
	Library  string           `json:"library,omitempty"` // file name of the TLS library, if there is one only
	Places   []assay.Location `json:"places"`
}

// TLSUse is what the image says about TLS.
type TLSUse struct {
	Settings []TLSSetting `json:"settings"`
	Servers  []TLSServer  `json:"servers"`
}

// TLS are the settings of TLS and the services that use it.
var TLS = &Fact[TLSUse]{
	Name:    "tls",
	Version: 3,
	Doc:     "Which versions and ciphers of TLS the settings allow, and which started services speak TLS.",
	Needs:   []Node{Texts, Services, Programs},
	Observe: func(o *Observer) (TLSUse, error) {
		use := TLSUse{Settings: []TLSSetting{}, Servers: []TLSServer{}}
		texts, err1 := Texts.Of(o)
		services, err2 := Services.Of(o)
		programs, err3 := Programs.Of(o)
		if err := cmp.Or(err1, err2, err3); err != nil {
			return use, err
		}
		for _, t := range texts.All() {
			use.Settings = append(use.Settings, tlsSettingsIn(t, services)...)
		}
		for _, s := range services {
			if speaksTLS(s) {
				use.Servers = append(use.Servers, tlsServer(s, use.Settings, programs))
			}
		}
		return use, nil
	},
}

// speaksTLS reports whether a started service waits with TLS.
func speaksTLS(s Service) bool {
	return s.Started && s.Kind != KindSSH && slices.ContainsFunc(s.Listens, func(l Listen) bool { return l.TLS == Yes && !l.Loopback() })
}

func tlsServer(s Service, settings []TLSSetting, programs []Program) TLSServer {
	server := TLSServer{Service: s.Name, Places: s.Places}
	for _, set := range settings {
		library := set.Program == "openssl.cnf" && set.Root == s.Root
		server.Settings = server.Settings || set.Version && (library || set.Root == s.Root && set.Program == s.Name)
	}
	libraries := map[string]bool{}
	for _, p := range programs {
		base := path.Base(p.Location.Path)
		if p.Root == s.Root && (strings.HasPrefix(base, "libssl.so") || strings.HasPrefix(base, "libmbedtls.so") || strings.HasPrefix(base, "libwolfssl.so") || strings.HasPrefix(base, "libgnutls.so")) {
			libraries[base] = true
		}
	}
	if names := sortedKeys(libraries); len(names) == 1 {
		server.Library = names[0]
	}
	return server
}

// tlsRule reads one kind of setting: in files whose name holds a word, a
// literal, and an expression whose group is the value.
type tlsRule struct {
	program string
	file    string // a part of the path
	literal string
	line    *pattern
	version bool
	weak    func(value string) []string
}

var tlsRules = []tlsRule{
	{"lighttpd", "lighttpd", "Protocol", lazy(`"(?:Min)?Protocol"\s*=>\s*"([^"]*)"`), true, weakVersions},
	{"lighttpd", "lighttpd", "CipherString", lazy(`"CipherString"\s*=>\s*"([^"]*)"`), false, weakCiphers},
	{"lighttpd", "lighttpd", "ssl.cipher-list", lazy(`ssl\.cipher-list\s*=\s*"([^"]*)"`), false, weakCiphers},
	{"lighttpd", "lighttpd", "ssl.use-sslv", lazy(`(ssl\.use-sslv[23])\s*=\s*"enable"`), true, weakVersions},
	{"nginx", "nginx", "ssl_protocols", lazy(`\bssl_protocols\s+([^;#]+)`), true, weakVersions},
	{"nginx", "nginx", "ssl_ciphers", lazy(`\bssl_ciphers\s+['"]?([^;'"]+)`), false, weakCiphers},
	{"apache2", "apache", "SSLProtocol", lazy(`(?i)^\s*SSLProtocol\s+(.+)`), true, weakVersions},
	{"apache2", "apache", "SSLCipherSuite", lazy(`(?i)^\s*SSLCipherSuite\s+(?:TLSv1\.\d\s+)?"?([^"]+)`), false, weakCiphers},
	{"mosquitto", "mosquitto", "tls_version", lazy(`^\s*tls_version\s+(\S+)`), true, weakVersions},
	{"mosquitto", "mosquitto", "ciphers", lazy(`^\s*ciphers\s+(\S+)`), false, weakCiphers},
	{"vsftpd", "vsftpd", "ssl_", lazy(`(?i)^\s*(ssl_sslv2|ssl_sslv3)\s*=\s*yes`), true, weakVersions},
	{"vsftpd", "vsftpd", "ssl_ciphers", lazy(`^\s*ssl_ciphers\s*=\s*(\S+)`), false, weakCiphers},
	{"stunnel", "stunnel", "sslVersion", lazy(`^\s*sslVersion(?:Min)?\s*=\s*(\S+)`), true, weakVersions},
	{"stunnel", "stunnel", "-NO_SSLv", lazy(`^\s*options\s*=\s*-NO_(SSLv[23])\b`), true, weakVersions},
	{"stunnel", "stunnel", "ciphers", lazy(`^\s*ciphers\s*=\s*(\S+)`), false, weakCiphers},
	{"openvpn", "openvpn", "tls-version-min", lazy(`^\s*tls-version-min\s+['"]?(\S+)`), true, weakVersions},
	{"openvpn", "openvpn", "cipher", openvpnCiphers, false, weakTunnel},
	{"openvpn", "openvpn", "auth", openvpnDigest, false, weakDigest},
	{"openvpn", "openvpn", "tls-cipher", lazy(`^\s*(?:option\s+)?tls-cipher\s+['"]?([^\s'"]+)`), false, weakCiphers},
	{"openvpn", ".ovpn", "tls-version-min", lazy(`^\s*tls-version-min\s+['"]?(\S+)`), true, weakVersions},
	{"openvpn", ".ovpn", "cipher", openvpnCiphers, false, weakTunnel},
	{"openvpn", ".ovpn", "auth", openvpnDigest, false, weakDigest},
	{"haproxy", "haproxy", "ssl-min-ver", lazy(`\bssl-min-ver\s+(\S+)`), true, weakVersions},
	{"haproxy", "haproxy", "force-", lazy(`\bforce-(sslv3|tlsv1\d)\b`), true, weakVersions},
	{"haproxy", "haproxy", "ciphers", lazy(`\b(?:ssl-default-(?:bind|server)-)?ciphers\s+(\S+)`), false, weakCiphers},
	{"openssl.cnf", "openssl.cnf", "MinProtocol", lazy(`^\s*(?:TLS\.)?MinProtocol\s*=\s*(\S+)`), true, weakVersions},
	{"openssl.cnf", "openssl.cnf", "CipherString", lazy(`^\s*CipherString\s*=\s*(\S+)`), false, weakCiphers},
}

// newerOnly is a setting of stunnel by which it takes no version of SSL whatever its options say.
var newerOnly = lazy(`(?m)^\s*sslVersion(?:Min)?\s*=\s*TLSv1`)

// tlsSettingsIn reads the settings of one text.
func tlsSettingsIn(t Text, services []Service) []TLSSetting {
	var all []TLSSetting
	for _, rule := range tlsRules {
		if !strings.Contains(t.File.Name, rule.file) || !strings.Contains(t.Content, rule.literal) || ClassOf(t.File.Path) != Product || ofOthers(t.File.Name) {
			continue
		}
		if rule.literal == "-NO_SSLv" && newerOnly.Get().MatchString(t.Content) {
			continue
		}
		unused := unusedLines(rule.program, t)
		for line := range t.Lines() {
			if len(all) >= maxUnverified || unused[line.Number] || isComment(line.Text) || !strings.Contains(line.Text, rule.literal) {
				continue
			}
			if m := rule.line.Get().FindStringSubmatch(line.Text); m != nil {
				s := TLSSetting{Program: rule.program, Version: rule.version, Weak: rule.weak(m[1]), Root: ContainerPath(t.File), Location: t.At(line)}
				s.Used = usesTLS(s, services)
				all = append(all, s)
			}
		}
	}
	return all
}

// unusedLines are the lines of openssl.cnf in sections that nothing takes in: what counts
// is named by a value before the first section, and by values of sections that count
// (config(5)). A file that takes in others may be named by them.
func unusedLines(program string, t Text) map[int]bool {
	if program != "openssl.cnf" || strings.Contains(t.Content, ".include") {
		return nil
	}
	sections, values := map[string][]int{}, map[string][]string{}
	section := "default"
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if name, ok := strings.CutPrefix(s, "["); ok {
			name, _, _ = strings.Cut(name, "]")
			section = strings.TrimSpace(name)
			continue
		}
		sections[section] = append(sections[section], line.Number)
		if _, value, ok := strings.Cut(s, "="); ok && !isComment(s) {
			values[section] = append(values[section], strings.TrimPrefix(strings.TrimSpace(value), "@"))
		}
	}
	used := map[string]bool{}
	for next := []string{"default"}; len(next) > 0; {
		name := next[0]
		if next = next[1:]; !used[name] {
			used[name] = true
			next = append(next, values[name]...)
		}
	}
	unused := map[int]bool{}
	for name, lines := range sections {
		for _, n := range lines {
			if !used[name] {
				unused[n] = true
			}
		}
	}
	return unused
}

// usesTLS reports whether the program of a setting is started with TLS; for a
// library, and for a program that is no known service, that is not known.
func usesTLS(s TLSSetting, services []Service) Known {
	_, known := daemonNamed(s.Program)
	if _, read := daemonSettings[s.Program]; !known && !read {
		return Unknown
	}
	return KnownOf(slices.ContainsFunc(services, func(v Service) bool { return v.Name == s.Program && v.Root == s.Root && speaksTLS(v) }))
}

var oldVersions = []struct{ words, name string }{
	{"sslv2 ssl.use-sslv2 ssl_sslv2", "SSLv2"},
	{"sslv3 ssl.use-sslv3 ssl_sslv3 ssl3", "SSLv3"},
	{"tlsv1 tlsv1.0 tlsv10 tls1 tls1.0 1.0", "TLS 1.0"},
	{"tlsv1.1 tlsv11 tls1.1 1.1", "TLS 1.1"},
}

// weakVersions finds old versions that a setting names: "-SSLv3" and "!TLSv1"
// take one away; what "all" means is the library's and is not counted.
func weakVersions(value string) []string {
	var weak []string
	for _, w := range strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '"' || r == '\'' }) {
		for _, v := range oldVersions {
			if slices.Contains(strings.Fields(v.words), strings.TrimPrefix(w, "+")) && !slices.Contains(weak, v.name) {
				weak = append(weak, v.name)
			}
		}
	}
	return weak
}

var oldCiphers = []struct{ name, words string }{
	{"RC4", "RC4 ARCFOUR"},
	{"3DES", "3DES DES-CBC3 DES-EDE3"},
	{"EXPORT", "EXP EXPORT EXPORT40 EXPORT56"},
	{"NULL", "NULL ENULL ANULL"},
	{"anonymous", "ADH AECDH ANON"},
	{"DES", "DES LOW DES-CBC"},
	{"RC2", "RC2"},
}

// weakCiphers reads an OpenSSL list of ciphers: what it names and does not take
// away again.
func weakCiphers(value string) []string {
	words := strings.FieldsFunc(strings.ToUpper(value), func(r rune) bool { return r == ':' || r == ',' || r == ' ' })
	var weak []string
	for _, c := range oldCiphers {
		family := strings.Fields(c.words)
		names := func(w string) bool {
			return slices.ContainsFunc(family, func(f string) bool {
				return w == f || strings.HasPrefix(w, f+"-") || strings.HasSuffix(w, "-"+f) || strings.Contains(w, "-"+f+"-") || strings.HasPrefix(w, f+"+") || strings.HasSuffix(w, "+"+f)
			})
		}
		allowed := slices.ContainsFunc(words, func(w string) bool { return strings.IndexByte("!-@+", w[0]) < 0 && names(w) })
		denied := slices.ContainsFunc(words, func(w string) bool { return w[0] == '!' && slices.Contains(family, w[1:]) })
		if allowed && !denied {
			weak = append(weak, c.name)
		}
	}
	if slices.Contains(weak, "3DES") {
		weak = slices.DeleteFunc(weak, func(w string) bool {
			return w == "DES" && !slices.Contains(words, "DES") && !slices.Contains(words, "LOW")
		})
	}
	if strings.Contains(strings.ToUpper(value), "@SECLEVEL=0") {
		weak = append(weak, "security level 0")
	}
	if strings.EqualFold(value, "none") {
		weak = append(weak, "NULL")
	}
	return weak
}
