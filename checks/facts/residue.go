package facts

import (
	"bytes"
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Residue is what a person left in the image. What was left is never told, only
// what it is and where.
type Residue struct {
	Kind     ResidueKind    `json:"kind"`
	Location assay.Location `json:"location"`
}

// ResidueKind is what a residue is, in words.
type ResidueKind string

// The kinds of residue.
const (
	PersonRows    ResidueKind = "database with rows about persons"
	PersonList    ResidueKind = "list of persons"
	PersonMail    ResidueKind = "mail address at a provider of private mailboxes"
	OtherMail     ResidueKind = "mail address in a setting"
	GitIdentity   ResidueKind = "name and mail address of a developer"
	Mailbox       ResidueKind = "mail"
	AddressBook   ResidueKind = "address book"
	PhotoPlace    ResidueKind = "photo that says where it was taken"
	LoginRecord   ResidueKind = "record of logins"
	Leases        ResidueKind = "list of devices that were in its network"
	Pairing       ResidueKind = "device that it was paired with"
	EditorHistory ResidueKind = "history of an editor or pager"
	WebHosts      ResidueKind = "list of web sites that a person asked"
	KnownHosts    ResidueKind = "list of hosts that a person logged in to"
)

// residueReaders each know some kinds; the first that recognises a file counts.
// Each is cheap where its mark is missing.
var residueReaders = []func(f *firmware.File, content []byte) []Residue{
	databaseResidue, photoResidue, loginResidue, homeResidue, mailResidue, networkResidue, listResidue, addressResidue,
}

// Residues are found by content: an empty log, a database without rows about
// persons and a photo that does not say where it was taken are none.
var Residues = &Scan[Residue]{
	Name:    "residues",
	Version: 4,
	Doc:     "What persons left: mail, address books, rows of databases, lists of persons, records of logins, photos with a place.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size > 0 },
	See: func(f *firmware.File, content []byte) []Residue {
		for _, read := range residueReaders {
			if found := read(f, content); len(found) > 0 {
				return found
			}
		}
		return nil
	},
}

// residue is the whole file as one residue.
func residue(kind ResidueKind, f *firmware.File) []Residue {
	return []Residue{{kind, AtSecret(f)}}
}

// within reports whether a path has one of the folders in it.
func within(name string, folders ...string) bool {
	for _, folder := range folders {
		if strings.HasPrefix(name, folder) || strings.Contains(name, "/"+folder) {
			return true
		}
	}
	return false
}

// homeResidue knows files in which programs keep what their user did.
func homeResidue(f *firmware.File, content []byte) []Residue {
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
			return residue(WebHosts, f)
		}
		return nil
	case "known_hosts", "known_hosts2", "known_hosts.old":
		if within(f.Name, ".ssh/") && hasHostKey(content) {
			return residue(KnownHosts, f)
		}
		return nil
	default:
		return nil
	}
	text := string(content)
	if !IsText(content) || !strings.Contains(text, mark) {
		return nil
	}
	if _, named := firstMail(text); kind == GitIdentity && !named {
		return nil
	}
	return residue(kind, f)
}

// hasHostKey reports whether a line of known_hosts has a key.
func hasHostKey(content []byte) bool {
	if !IsText(content) {
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
	if !IsText(content) {
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
func networkResidue(f *firmware.File, content []byte) []Residue {
	switch base := path.Base(f.Name); {
	case strings.HasSuffix(base, ".leases") && IsText(content) && leased(string(content)):
		return residue(Leases, f)
	case base == "info" && within(f.Name, "var/lib/bluetooth/") && strings.Contains(string(content), "[LinkKey]"):
		return residue(Pairing, f)
	}
	return nil
}

// leased reports whether a table of leases has an entry: of dnsmasq ("time
// hardware-address address name"), or of the ISC server or client.
func leased(text string) bool {
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		switch {
		case len(w) >= 4 && isNumber(w[0]) && len(w[1]) == 17 && strings.Count(w[1], ":") == 5:
			return true
		case len(w) >= 2 && w[0] == "lease" && (w[1] == "{" || len(w) == 3 && w[2] == "{"):
			return true
		}
	}
	return false
}
