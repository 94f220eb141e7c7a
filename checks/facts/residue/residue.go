// Package residue observes what persons left in an image: those who built it, or those who
// used the device that it was copied from. [All] tells of each only what it is and where.
package residue

import (
	"bytes"
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// Trace is what a person left in the image. What was left is never told, only
// what it is and where.
type Trace struct {
	Kind     Kind           `json:"kind"`
	Location assay.Location `json:"location"`
}

// Kind is what a residue is, in words.
type Kind string

// The kinds of residue.
const (
	PersonRows    Kind = "database with rows about persons"
	PersonList    Kind = "list of persons"
	PersonMail    Kind = "mail address at a provider of private mailboxes"
	OtherMail     Kind = "mail address in a setting"
	GitIdentity   Kind = "name and mail address of a developer"
	Mailbox       Kind = "mail"
	AddressBook   Kind = "address book"
	PhotoPlace    Kind = "photo that says where it was taken"
	LoginRecord   Kind = "record of logins"
	Leases        Kind = "list of devices that were in its network"
	Pairing       Kind = "device that it was paired with"
	EditorHistory Kind = "history of an editor or pager"
	WebHosts      Kind = "list of web sites that a person asked"
	KnownHosts    Kind = "list of hosts that a person logged in to"
)

// readers each know some kinds; the first that recognises a file counts.
// Each is cheap where its mark is missing.
var readers = []func(f *firmware.File, content []byte) []Trace{
	databaseResidue, photoResidue, loginResidue, homeResidue, mailResidue, networkResidue, listResidue, addressResidue,
}

// All are found by content: an empty log, a database without rows about
// persons and a photo that does not say where it was taken are none.
var All = &facts.Scan[Trace]{
	Name:    "residues",
	Version: 4,
	Doc:     "What persons left: mail, address books, rows of databases, lists of persons, records of logins, photos with a place.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size > 0 },
	See: func(f *firmware.File, content []byte) []Trace {
		for _, read := range readers {
			if found := read(f, content); len(found) > 0 {
				return found
			}
		}
		return nil
	},
}

// whole is the whole file as one residue.
func whole(kind Kind, f *firmware.File) []Trace {
	return []Trace{{kind, facts.AtSecret(f)}}
}

// homeResidue knows files in which programs keep what their user did.
func homeResidue(f *firmware.File, content []byte) []Trace {
	var mark string
	kind := EditorHistory
	switch path.Base(f.Name) {
	case ".viminfo":
		mark = "\n:"
	case ".lesshst":
		mark = "\n\""
	case ".gitconfig":
		kind, mark = GitIdentity, "email"
	case ".wget-hsts":
		if hasEntry(content) {
			return whole(WebHosts, f)
		}
		return nil
	case "known_hosts", "known_hosts2", "known_hosts.old":
		if facts.Within(f.Name, ".ssh/") && hasHostKey(content) {
			return whole(KnownHosts, f)
		}
		return nil
	default:
		return nil
	}
	text := string(content)
	if !facts.IsText(content) || !strings.Contains(text, mark) {
		return nil
	}
	if _, named := firstMail(text); kind == GitIdentity && !named {
		return nil
	}
	return whole(kind, f)
}

// hasHostKey reports whether a line of known_hosts has a key.
func hasHostKey(content []byte) bool {
	if !facts.IsText(content) {
		return false
	}
	for line := range strings.Lines(string(content)) {
		if w := strings.Fields(line); len(w) >= 3 && !strings.HasPrefix(w[0], "#") && strings.HasPrefix(w[len(w)-1], "AAAA") || len(w) >= 4 && strings.HasPrefix(w[2], "AAAA") {
			return true
		}
	}
	return false
}

// hasEntry reports whether a text has more than comments.
func hasEntry(content []byte) bool {
	if !facts.IsText(content) {
		return false
	}
	for line := range bytes.Lines(content) {
		if l := bytes.TrimSpace(line); len(l) > 0 && l[0] != '#' {
			return true
		}
	}
	return false
}

// networkResidue knows what daemons write about the devices around them.
func networkResidue(f *firmware.File, content []byte) []Trace {
	switch base := path.Base(f.Name); {
	case strings.HasSuffix(base, ".leases") && facts.IsText(content) && leased(string(content)):
		return whole(Leases, f)
	case base == "info" && facts.Within(f.Name, "var/lib/bluetooth/") && strings.Contains(string(content), "[LinkKey]"):
		return whole(Pairing, f)
	}
	return nil
}

// leased reports whether a table of leases has an entry: of dnsmasq ("time
// hardware-address address name"), or of the ISC server or client.
func leased(text string) bool {
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		switch {
		case len(w) >= 4 && strings.Trim(w[0], "0123456789") == "" && len(w[1]) == 17 && strings.Count(w[1], ":") == 5:
			return true
		case len(w) >= 2 && w[0] == "lease" && (w[1] == "{" || len(w) == 3 && w[2] == "{"):
			return true
		}
	}
	return false
}
