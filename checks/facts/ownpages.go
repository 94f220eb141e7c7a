package facts

import (
	"bytes"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// OwnPages are the places at which flat code names the address of its own web
// pages without TLS, "http://%s.local" with its own name in it, if the code
// answers requests too. A microcontroller has no settings that would say so.
var OwnPages = &Fact[[]assay.Location]{
	Name:  "own-pages",
	Doc:   "Where flat code that answers web requests names its own address without TLS.",
	Needs: []Node{flatWeb},
	Observe: func(o *Observer) ([]assay.Location, error) {
		signs, err := flatWeb.Of(o)
		if err != nil {
			return nil, err
		}
		places, answers := []assay.Location{}, false
		for _, s := range signs {
			if s.Answers {
				answers = true
			} else {
				places = append(places, s.Location)
			}
		}
		if !answers {
			return []assay.Location{}, nil
		}
		return places, nil
	},
}

// webSign is a string of a web server in flat code: a status line that it
// answers with, or else its own address.
type webSign struct {
	Answers  bool           `json:"answers"`
	Location assay.Location `json:"location"`
}

// ownAddress is where a device with a name in its network says that its pages are.
var ownAddress = []byte("http://%s.local")

// statusLines are formats and words that only a server has.
var statusLines = [][]byte{[]byte("HTTP Version not supported"), []byte("HTTP/1.1 %d "), []byte("HTTP/1.%d %d "), []byte("HTTP/1.1 200 OK\r\n")}

var flatWeb = &Scan[webSign]{
	Name: "flat-web",
	Doc:  "Strings of web servers in flat code.",
	Want: func(f *firmware.File) bool { return f.Kind == firmware.Raw && f.Size >= 64 },
	See: func(f *firmware.File, content []byte) []webSign {
		if bytes.Contains(content, kernelBanner) { // not a microcontroller
			return nil
		}
		var found []webSign
		for _, line := range statusLines {
			if i := bytes.Index(content, line); i >= 0 {
				found = append(found, webSign{true, AtSpan(f, i, i+len(line))})
				break
			}
		}
		if i := bytes.Index(content, ownAddress); i >= 0 {
			found = append(found, webSign{false, AtSpan(f, i, i+len(ownAddress))})
		}
		return found
	},
}
