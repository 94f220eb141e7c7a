package facts

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/packages"
	"github.com/assay-iot/assay/checks/facts/wordsearch"
	"github.com/assay-iot/assay/firmware"
)

// Endpoint is another machine that the software names.
type Endpoint struct {
	URL      string         `json:"url"` // without user, password, query; "" if only a host is named
	Scheme   string         `json:"scheme,omitempty"`
	Host     string         `json:"host"`
	Port     int            `json:"port,omitempty"`
	Kind     string         `json:"kind"`             // script, setting, page, program, code
	Sends    bool           `json:"sends,omitempty"`  // its query hands over a key or values
	Alone    bool           `json:"alone,omitempty"`  // all that its line says: no setting, no command
	Link     bool           `json:"link,omitempty"`   // a link in a piece of a page that a script or setting holds
	Listed   bool           `json:"listed,omitempty"` // among those of so many hosts that the file is a list of other people's
	Root     string         `json:"root"`
	Location assay.Location `json:"location"`

	login string // the whole address, where that of a program has user and password
}

// The kinds of place where an endpoint is named.
const (
	InScript  = "script"
	InSetting = "setting"
	InPage    = "page"    // HTML, JavaScript, templates of the device's own web pages
	InProgram = "program" // a string of its own in a program
	InCode    = "code"    // a string of its own in flat code
)

// Limits of the search for endpoints.
const (
	maxEndpointsFile = 2000 // per file
	maxURL           = 2048 // bytes
	maxLead          = 512  // bytes before an address that are looked at for a comment
	maxOthersHosts   = 40   // hosts that the settings of a device name in one file; more are a list of other people's
)

// endpointScan finds the hosts and addresses in scripts, settings and the read-only
// data of programs. Comments, licences, schemas, documentation and package
// databases are passed over.
var endpointScan = &Scan[Endpoint]{
	Name:    "named-endpoints",
	Version: 8,
	Doc:     "Hosts and addresses of other machines, with the place where they are named.",
	Want: func(f *firmware.File) bool {
		return f.Size > 3 && (f.Kind == firmware.Raw && !isPackageHeader(f) || f.Kind == firmware.Regular && ClassOf(f.Path) == Product && !namesOthers(f.Name) && packages.Kind(f.Name) == "")
	},
	See: seeEndpoints,
}

// namesOthers are files that tell of other people's addresses: package
// databases, licences, keys, the names of services, translations, the libraries
// of interpreters, the questions of debconf and dselect, patterns of logcheck, greetings.
func namesOthers(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".crt", ".pem", ".cer", ".der", ".svg", ".css", ".xsd", ".dtd", ".mo", ".po", ".lmo", ".ttf", ".woff", ".list", ".md5sums", ".gpg", ".catalog", ".pc", ".policy", ".desktop", ".pod", ".h", ".ph", ".md", ".markdown", ".rst", ".adml", ".admx", ".yang", ".pom", ".mib", ".gemspec":
		return !strings.Contains(name, "sources.list") && !strings.Contains(name, "repositories.d")
	}
	for _, word := range []string{"licen", "thirdparty", "third-party", "third_party", "copying", "copyright", "notice", "changelog", "readme", "authors", "manifest.json"} {
		if strings.HasPrefix(base, word) {
			return true
		}
	}
	if isCatalogue(base) || base == "pkg-info" || slices.Contains(talesOfProjects, strings.TrimSuffix(strings.TrimSuffix(base, ".txt"), ".gz")) {
		return true
	}
	rooted := "/" + name
	for _, dir := range []string{"/share/maven-repo/", "/var/lib/dpkg/", "/usr/lib/opkg/", "/var/lib/opkg/", "/lib/apk/db/", "/usr/share/common-licenses/", "/usr/share/zoneinfo/", "/usr/share/locale/", "/usr/share/i18n/", "/etc/dpkg/origins/", "/etc/logcheck/", "/usr/lib/dpkg/methods/", "/usr/share/bug/"} {
		if strings.Contains(rooted, dir) {
			return true
		}
	}
	if slices.ContainsFunc(greetings, func(g string) bool { return strings.HasSuffix(rooted, g) }) {
		return true
	}
	if strings.HasPrefix(base, "templates.dat") && strings.Contains(name, "cache/debconf/") {
		return true
	}
	if packages.InLibraries(name) && (isManifest(name) || isBuildService(name)) || isLockFile(name) || strings.Contains(name, ".dist-info/") || strings.Contains(name, ".egg-info") {
		return true // who made a package of Node or Python, and where
	}
	if strings.Contains(name, "META-INF/maven/") || strings.HasSuffix(name, "META-INF/MANIFEST.MF") {
		return true // or one of Java
	}
	if slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(dir string) bool { return slices.Contains(translationFolders, dir) }) {
		return true
	}
	return base == ".pkginfo" || isStandardLibrary(name) || isLegal(name) || strings.HasSuffix(name, "os-release") || strings.HasSuffix(name, "etc/openwrt_release") || strings.HasSuffix(name, "etc/device_info")
}

// talesOfProjects are files in which a project tells of itself, without their endings.
var talesOfProjects = []string{"changes", "news", "todo", "history", "credits", "thanks", "patches", "contributors", "release-notes", "releasenotes", "release-process"}

// translationFolders hold words for people.
var translationFolders = []string{"licenses", "licences", "language", "languages", "lang", "langs", "locale", "locales", "localization", "i18n", "l10n", "translations"}

// isPackageHeader reports whether raw bytes are the headers of an rpm package: they
// name its home page, where it was built and where its bugs are told.
func isPackageHeader(f *firmware.File) bool {
	c := f.Container
	return c != nil && c.Parent != nil && c.Parent.Type == "rpm" && c.Type == "raw" && strings.HasPrefix(c.Path, c.Parent.Path+"!unread")
}

// isPackageFields reports whether a text begins as what dpkg and opkg know of a
// package does, wherever it lies: its name, then more fields, its version among them.
func isPackageFields(content []byte) bool {
	const most = 16 << 10
	head := content[:min(len(content), most)]
	return bytes.HasPrefix(head, []byte("Package: ")) && bytes.Contains(head, []byte("\nVersion: "))
}

// isStandardLibrary knows the folders of the libraries that Perl and Python come
// with; what a product adds lies beside or below them, in folders of its own.
func isStandardLibrary(name string) bool {
	switch {
	case Within(name, "usr/share/perl/5.") || strings.Contains(name, "/perl/5.") && Within(name, "usr/lib/"):
		return true
	case Within(name, "usr/lib/python2.", "usr/lib/python3.", "usr/local/lib/python3."):
		return !strings.Contains(name, "site-packages/") && !strings.Contains(name, "dist-packages/")
	}
	return false
}

func seeEndpoints(f *firmware.File, content []byte) []Endpoint {
	text := f.Kind == firmware.Regular && IsText(content)
	if !text && f.Kind == firmware.Regular && !bytes.HasPrefix(content, []byte("\x7fELF")) {
		return nil // a picture, an archive, a database: data of others
	}
	if text && (isPackageFields(content) || describesInterface(content) || bytesOfMIB(content)) {
		return nil
	}
	kind := kindOfText(f, content, text)
	if kind == InScript || kind == InSetting {
		content = withoutDocs(f.Name, content)
	}
	listed := map[string]bool{} // the hosts with a scheme
	var all []Endpoint
	seen := map[string]bool{}
	add := func(e Endpoint, at, n int) {
		key := e.URL + " " + e.Host
		if (e.Local() || notContacted(e)) && e.login == "" || seen[key] || len(all) >= maxEndpointsFile {
			return
		}
		seen[key] = true
		e.Kind, e.Root, e.Location = kind, ContainerPath(f), AtSpan(f, at, at+n)
		all = append(all, e)
	}
	for from := 0; ; {
		i := bytes.Index(content[from:], []byte("://"))
		if i < 0 {
			break
		}
		at := from + i
		from = at + 3
		start := schemeBefore(content, at)
		if !endpointSchemes[strings.ToLower(string(content[start:at]))] {
			continue
		}
		from = addressEnd(content, start)
		if text && (commented(content, start) || namesSchema(content, start) || tellsReaders(f.Name, content, start) || logged(content, from)) || !text && !standsAlone(content, start) && !isAddressValue(content, start) {
			continue
		}
		if (kind == InScript || kind == InSetting) && inAngles(content, start, from) || kind == InScript && (behindCode(f.Name, content, start) || shown(content, start, from) || endsSentence(content, start)) {
			continue
		}
		if e, ok := parseEndpoint(string(content[start:from])); ok && (kind != InProgram || !forReaders(e, string(content[start:from]))) {
			if kind == InProgram && bytes.IndexByte(content[start:from], '@') > 0 {
				e.login = string(content[start:from])
			}
			e.Alone = text && fillsLine(content, start, from)
			e.Link = text && kind != InPage && linked(content, start)
			listed[e.Host] = true
			add(e, start, from-start)
		}
	}
	if text && (kind == InSetting || kind == InScript) {
		eachCalledHost(f.Name, kind, content, func(host string, at int) {
			add(Endpoint{Host: host}, at, len(host))
		})
		eachHostSetting(content, kind == InScript && !isShellScript(f.Name, content), func(host string, at int) {
			add(Endpoint{Host: host}, at, len(host))
		})
	}
	if text {
		numberLines(all, content)
	}
	if text && len(listed) > maxOthersHosts {
		for i := range all {
			all[i].Listed = all[i].Scheme != ""
		}
	}
	return all
}

// numberLines sorts endpoints of a text by place and gives them their lines.
func numberLines(all []Endpoint, content []byte) {
	slices.SortStableFunc(all, func(a, b Endpoint) int { return cmp.Compare(a.Location.Offset, b.Location.Offset) })
	line, at := 1, int64(0)
	for i := range all {
		l := &all[i].Location
		line += bytes.Count(content[at:l.Offset], []byte("\n"))
		at, l.Line = l.Offset, line
	}
}

// kindOfText tells a page from a script and a setting.
func kindOfText(f *firmware.File, content []byte, text bool) string {
	switch {
	case f.Kind == firmware.Raw:
		return InCode
	case !text:
		return InProgram
	}
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".js", ".mjs", ".cjs":
		if runsInNode(f.Name, content) {
			return InScript
		}
		return InPage
	case ".html", ".htm", ".xhtml", ".asp", ".shtml", ".tpl", ".map", ".jst", ".ts", ".tsx", ".jsx", ".vue", ".jsp", ".ejs", ".erb", ".hbs", ".mustache", ".twig", ".ctp", ".phtml", ".xsl", ".xslt":
		return InPage
	case ".sh", ".lua", ".py", ".pyi", ".pl", ".cgi", ".php":
		return InScript
	}
	if bytes.HasPrefix(content, []byte("#!")) {
		return InScript
	}
	return InSetting
}

// schemeBefore finds where the word before "://" begins.
func schemeBefore(content []byte, at int) int {
	start := at
	for start > 0 && at-start < 10 && (isLetter(content[start-1]) || isDigit(content[start-1])) {
		start--
	}
	return start
}

// addressEnd finds where an address ends.
func addressEnd(content []byte, start int) int {
	end := start
	for end < len(content) && end-start < maxURL && content[end] > ' ' && content[end] < 0x7f && strings.IndexByte("\"'<>`|\\;,", content[end]) < 0 {
		end++
	}
	return end
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }

// commented reports whether the offset lies in a comment of its line, or in a
// line that tells people where to read.
func commented(content []byte, at int) bool {
	window := content[max(0, at-maxLead):at]
	line := string(window[bytes.LastIndexByte(window, '\n')+1:])
	trimmed := strings.TrimSpace(line)
	for _, mark := range []string{"#", "//", ";", "<!", "*", "/*", "--", "rem "} {
		if strings.HasPrefix(trimmed, mark) && !strings.HasPrefix(trimmed, "#!") && !(mark == "*" && isCronTime(trimmed)) {
			return true
		}
	}
	if strings.HasPrefix(trimmed, "Documentation=") || strings.HasPrefix(trimmed, "Homepage:") || percentComment(trimmed) || inRemark(line) {
		return true
	}
	return strings.Contains(line, " #") || strings.Contains(line, "\t#") || strings.Contains(line, " // ") || strings.Contains(line, "xmlns") || strings.Contains(line, "<!--")
}

// fillsLine reports whether the line of a text holds nothing but what lies between
// the offsets, and quotes and brackets.
func fillsLine(content []byte, from, to int) bool {
	start := max(0, from-maxLead)
	start += bytes.LastIndexByte(content[start:from], '\n') + 1
	rest := content[to:min(len(content), to+maxLead)]
	end, _, _ := bytes.Cut(rest, []byte("\n"))
	return len(bytes.Trim(content[start:from], " \t\"'(<[{")) == 0 && len(bytes.Trim(end, " \t\r\"')>,;.]}")) == 0
}

// standsAlone reports whether a string of a program begins at the offset, so
// that the address is all it says; what stands in a sentence is for people.
func standsAlone(content []byte, at int) bool {
	return at == 0 || content[at-1] == 0 || content[at-1] == '=' || content[at-1] == 0xff
}

// hostWords are the words of which one must stand in a line before hostSetting
// is tried on it.
var hostWords = []string{"server", "host", "broker", "endpoint", "remote", "upstream", "domain", "peer"}

var hostSetting = lazy(`(?i)(?:server|host|hostname|broker|endpoint|remote|upstream|domain|peer)s?['"]?(?:\s*[=:]\s*|\s+)['"]?((?:[a-z0-9_-]+\.)+[a-z]{2,24})\b`)

// isShellScript reports whether a script assigns words without quotes.
func isShellScript(name string, content []byte) bool {
	return path.Ext(name) == ".sh" || shellOf(string(content[:min(len(content), 128)])) != ""
}

// hostLines finds the lines that hostSetting or addressSetting may fit.
var hostLines = wordsearch.NewFold(slices.Concat(hostWords, addressWords))

// maxHostLine is from how many bytes on a line is no setting.
const maxHostLine = 1024

// eachHostSetting finds settings that name a host without a scheme, as
// "server = mqtt.example.com", "list server '0.pool.ntp.org'"; quoted if only what
// stands in quotes is a word.
func eachHostSetting(content []byte, quoted bool, found func(host string, at int)) {
	start, end := 0, 0 // of the line that holds the last word
	host, address := false, false
	try := func() {
		line := content[start:end]
		if len(line) >= maxHostLine || bytes.IndexByte(line, '.') <= 0 {
			return
		}
		add := func(host string, at int) { found(host, start+at) }
		if host {
			eachHost(line, add)
		}
		if address && namesDomain(line) {
			eachAddress(line, quoted, add)
		}
	}
	hostLines.Find(content, func(word, at int) bool {
		if at >= end {
			try()
			host, address = false, false
			start, end = bytes.LastIndexByte(content[:at], '\n')+1, len(content)
			if n := bytes.IndexByte(content[at:], '\n'); n >= 0 {
				end = at + n
			}
		}
		host, address = host || word < len(hostWords), address || word >= len(hostWords)
		return true
	})
	try()
}

func eachHost(line []byte, found func(host string, at int)) {
	eachListed(line, found)
	for _, m := range hostSetting.Get().FindAllSubmatchIndex(line, 8) {
		host := strings.ToLower(string(line[m[2]:m[3]]))
		end := m[3] < len(line) && strings.IndexByte("/(*[$@", line[m[3]]) >= 0
		if !end && isHost(host) && !looksLikeFile(host) && !commented(line, m[2]) {
			found(host, m[2])
		}
	}
}

// looksLikeFile tells a file name from a host name.
func looksLikeFile(name string) bool {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "conf", "cfg", "pem", "crt", "key", "sh", "so", "txt", "log", "json", "ini", "lua", "js", "html", "htm", "cgi", "php",
		"sock", "pid", "db", "bin", "img", "xml", "yaml", "yml", "service", "socket", "target", "default", "tmp", "bak", "py", "pl",
		"csv", "dat", "gz", "tar", "zip", "cert", "der", "pub", "lock", "conn", "enable", "enabled", "name", "port", "addr", "address", "uci", "hosts",
		"com_err", "value", "length", "get", "set", "timeout", "path", "type", "id", "ip", "ifname", "config", "style", "status":
		return true
	}
	return false
}

// notContacted are hosts that stand in software without ever being called: name
// spaces of XML, XMPP and WARC, schemas and specifications, the documentation domains of RFC 2606 that tell a reader what
// to put there, and the like.
func notContacted(e Endpoint) bool {
	for _, h := range []string{"w3.org", "xmlsoap.org", "schemas.microsoft.com", "openoffice.org", "purl.org", "oasis-open.org", "ietf.org", "json-schema.org", "schemas.android.com", "upnp.org", "example.com", "example.org", "example.net", "ns.adobe.com", "relaxng.org", "freedesktop.org", "gnu.org", "debian.org/bugs", "bugs.debian.org", "opensource.org", "creativecommons.org", "apache.org", "type.googleapis.com", "gss.microsoft.com", "netpreserve.org", "jabber.org", "color.org", "tempuri.org"} {
		if e.Host == h || strings.HasSuffix(e.Host, "."+h) {
			return true
		}
	}
	for _, end := range []string{".xsd", ".dtd"} { // where a document says by what it is made
		if strings.HasSuffix(strings.ToLower(e.URL), end) {
			return true
		}
	}
	if e.Host == "jackaudio.org" && strings.Contains(e.URL, "/metadata/") {
		return true // names of properties
	}
	if e.Host == "java.sun.com" && strings.Contains(e.URL, "/xml/ns") {
		return true
	}
	if toFillIn(e.Host) || isLicence(e.URL) || e.Host == "www.onvif.org" && strings.Contains(e.URL, "/ver") {
		return true // ONVIF's name spaces, topics and actions have their version in them
	}
	if _, path, _ := strings.Cut(strings.TrimPrefix(e.URL, "http://"), "/"); e.Scheme == "http" && e.Port == 0 && (strings.HasPrefix(path, "ns/") || strings.HasPrefix(path, "xmlns/") || strings.HasPrefix(path, "protocol/")) {
		return true
	}
	first, _, _ := strings.Cut(e.Host, ".")
	return e.Port == 0 && slices.Contains([]string{"schemas", "schema", "specs", "xmlns"}, first)
}
