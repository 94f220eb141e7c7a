package facts

import (
	"path"
	"strconv"
	"strings"
)

// waitsAt match where a program in another language names the address and the port at
// which it waits.
var waitsAt = lazy(`(?:\bbind\s*\(\s*\(?\s*["']([^"']*)["']\s*,\s*|\.listen\s*\(\s*|LocalPort\s*=>\s*["']?|TCPServer\.(?:new|open)\s*\(\s*(?:["']([^"']*)["']\s*,\s*)?|tcp://([^"':]*):)(\d{1,5})(\s*,\s*["'](?:127\.|localhost|::1))?`)

// tiesTo match what makes a socket the input of a program that is started.
var tiesTo = lazy(`\bdup2\s*\(|\.pipe\s*\(|\.reopen\b|["'][+]?[<>]&|\bstdin\s*=\s*\w|:in\s*=>|\bproc_open\s*\(|\bstdio\s*:\s*\[\s*\w`)

// connectsTo match what connects to another machine.
var connectsTo = lazy(`\.connect(?:_ex)?\s*\(|\bcreate_connection\s*\(|\bcreateConnection\s*\(|TCPSocket\.|PeerAddr\s*=>|\bfsockopen\s*\(|\bstream_socket_client\s*\(`)

// handsShell notes a program that starts a shell which asks for nothing, and that waits
// for connections or makes one: whether the shell is tied to it.
func (g *boot) handsShell(l *launch, t Text, words []string) {
	if len(words) == 1 {
		words = strings.Fields(words[0])
	}
	for len(words) > 1 && words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	if len(words) == 0 || !g.isShell(words) {
		return
	}
	name := strings.TrimSuffix(path.Base(t.File.Name), path.Ext(t.File.Name))
	tied, waits := tiesTo.Get().MatchString(t.Content), waitsByText(t) != ""
	switch {
	case tied && waits:
		m := *l
		m.words = []string{"/" + t.File.Name}
		m.socket = waitingAt(t.Content, l)
		g.add(&m, Service{Name: name, Kind: KindPipe, Program: t.File.Name, Started: true, Via: g.steps(), Shell: true, Anonymous: Yes})
	case tied && connectsTo.Get().MatchString(t.Content):
		g.outward(l, name)
	case waits:
		g.unjudge(l.cmd.Location, name+" waits for connections and starts a shell")
	}
}

// waitingAt gives the address that a program names, if it names one.
func waitingAt(text string, l *launch) []Listen {
	m := waitsAt.Get().FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	address := anyAddress(m[1] + m[2] + m[3])
	if m[5] != "" {
		address = "127.0.0.1"
	}
	port, _ := strconv.Atoi(m[4])
	return []Listen{{Address: address, Port: port, Protocol: "tcp", TLS: No, Location: l.cmd.Location}}
}
