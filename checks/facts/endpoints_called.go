package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Hosts as programs, logs and lists write them: in a call that connects, behind the "@" of
// a log, as one of several, or as an address with a port.

// maxCalledHosts bounds what is looked for in one file or line.
const maxCalledHosts = 64

// calledHost is the host in a call of a script that connects, behind its port where that
// comes first; loggedHost that of a line of syslog's settings (rsyslog.conf(5)), and
// deviceHost that of the device by which bash connects.
var (
	calledHost = lazy(`\b(?:create_connection|create_datagram_endpoint|connect|connect_ex|connect_async|SMTP|SMTP_SSL|FTP|FTP_TLS|IMAP4_SSL|HTTPConnection|HTTPSConnection|createConnection)\s*\(\s*\(?\s*(?:\d{1,5}\s*,\s*)?["']((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})["']`)
	loggedHost = lazy(`(?m)^[ \t]*[\w.*,;!=]+[ \t]+-?@@?(?:\([^)\n]*\))?((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?::\d{1,5})?\s*(?:;\S*)?\s*$`)
	deviceHost = lazy(`/dev/(?:tcp|udp)/((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})/`)
)

// connectWords are literals of which one stands in each call of calledHost.
var connectWords = [][]byte{[]byte("onnect"), []byte("SMTP"), []byte("FTP"), []byte("create_datagram")}

// eachCalledHost finds such hosts in a text, by what it is.
func eachCalledHost(name, kind string, content []byte, found func(host string, at int)) {
	var form *pattern
	switch {
	case kind == InSetting:
		if !strings.Contains(name, "syslog") || bytes.IndexByte(content, '@') < 0 {
			return
		}
		form = loggedHost
	case isShellScript(name, content):
		if !bytes.Contains(content, []byte("/dev/tcp/")) && !bytes.Contains(content, []byte("/dev/udp/")) {
			return
		}
		form = deviceHost
	case inPackage(name) || !slices.ContainsFunc(connectWords, func(w []byte) bool { return bytes.Contains(content, w) }):
		return
	default:
		form = calledHost
	}
	for _, m := range form.Get().FindAllSubmatchIndex(content, maxCalledHosts) {
		host := strings.ToLower(string(content[m[2]:m[3]]))
		if last := host[strings.LastIndexByte(host, '.')+1:]; (slices.Contains(openDomains, last) || slices.Contains(wordDomains, last)) && isHost(host) && (form == loggedHost || !commented(content, m[2])) {
			found(host, m[2])
		}
	}
}

var (
	// listedHosts is a list of hosts in JSON, YAML's short form or TOML; addressedHost an
	// address with a port.
	listedHosts   = lazy(`(?i)(?:server|host|broker|endpoint|upstream|relay)s?["']?\s*[=:]\s*\[([^\]]*)\]`)
	addressedHost = lazy(`(?i)(?:server|host|broker|endpoint|remote|upstream|peer|relay)s?["']?\s*[=:]\s*\[?\s*["']?((?:[0-9]{1,3}\.){3}[0-9]{1,3}):[0-9]{2,5}\b`)
	quotedHost    = lazy(`["']((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?::[0-9]{1,5})?["']`)
)

// eachListed finds the hosts of a line that stand in a list, or as an address with a port.
func eachListed(line []byte, found func(host string, at int)) {
	tell := func(from, to int) {
		host := strings.ToLower(string(line[from:to]))
		if isHost(host) && !looksLikeFile(host) && !commented(line, from) {
			found(host, from)
		}
	}
	if bytes.IndexByte(line, '[') >= 0 {
		for _, m := range listedHosts.Get().FindAllSubmatchIndex(line, 8) {
			for _, h := range quotedHost.Get().FindAllSubmatchIndex(line[m[2]:m[3]], maxCalledHosts) {
				tell(m[2]+h[2], m[2]+h[3])
			}
		}
	}
	if bytes.IndexByte(line, ':') >= 0 {
		for _, m := range addressedHost.Get().FindAllSubmatchIndex(line, 8) {
			tell(m[2], m[3])
		}
	}
}

// nodeModules match where a script takes in a module that only Node.js has, or clients
// that are run by it.
var nodeModules = lazy(`(?m)^[^/*\n]*(?:\brequire\(\s*|\bfrom\s+)["'](?:node:\w+|fs|net|tls|dgram|http|https|os|path|child_process|mqtt|express|ws|axios|amqplib|ioredis)["']`)

// pageFolder are names of folders from which browsers get their scripts, or in which the
// modules of others lie.
var pageFolder = []string{"www", "web", "webroot", "html", "htdocs", "httpd", "webpages", "public", "static", "assets", "luci-static", "node_modules", "javascript", "nodejs", "webui", "dist"}

// runsInNode reports whether a script in JavaScript is run by Node.js and not by browsers.
func runsInNode(name string, content []byte) bool {
	for dir := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(pageFolder, dir) {
			return false
		}
	}
	return (bytes.Contains(content, []byte("require(")) || bytes.Contains(content, []byte(" from "))) && nodeModules.Get().Match(content)
}
