package knownkeys

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/checks/facts/signing"
)

// Blocklist is the list that was given with --data.
var Blocklist = &facts.Given[*List]{
	Name:    "key-blocklist",
	Doc:     "The list of compromised keys in the folder of offline data.",
	Without: "there is no larger list of compromised keys",
}

// Report is what a list knows of the keys of an image. Without a list it is empty.
type Report struct {
	Date    string       `json:"date,omitempty"` // of the list; empty if there is none
	Digest  assay.Digest `json:"digest,omitempty"`
	Entries int64        `json:"entries,omitempty"`
	Found   []Found      `json:"found"`
}

// Found is a key of the image that is in the list.
type Found struct {
	What       What           `json:"what"`
	Collection string         `json:"collection"`
	Source     string         `json:"source,omitempty"` // where it is published
	Public     assay.Digest   `json:"public,omitempty"` // as in facts.Key
	Key        *facts.Key     `json:"key,omitempty"`    // of a Key
	Kind       string         `json:"kind,omitempty"`   // of a Signature
	Location   assay.Location `json:"location"`
}

// What says what in the image names the key.
type What string

// Its values.
const (
	Key         What = "key"
	Certificate What = "certificate"
	BootKey     What = "boot key"
	Signature   What = "signature"
)

// Compromised are the keys of the image that are in the list.
var Compromised = &facts.Fact[Report]{
	Name:    "compromised-keys",
	Version: 2,
	Doc:     "Keys of the image that an offline list of compromised keys names.",
	Needs:   []facts.Node{Blocklist, facts.Keys, facts.Certificates, facts.BootKeys, signing.Signatures},
	Observe: func(o *facts.Observer) (Report, error) {
		r := Report{Found: []Found{}}
		list, err := Blocklist.Of(o)
		if facts.IsNotSupplied(err) {
			return r, nil
		} else if err != nil {
			return r, err
		}
		r.Date, r.Digest, r.Entries = list.Date, list.Digest, list.Entries
		all, err := named(o)
		if err != nil {
			return r, err
		}
		for _, n := range all {
			c, place, found, err := list.Find(n.number)
			if err != nil {
				return r, err
			}
			if found {
				n.Collection, n.Source = c.Name, c.Source
				if c.Source != "" && place != "" {
					n.Source += "/" + place
				}
				r.Found = append(r.Found, n.Found)
			}
		}
		return r, nil
	},
}

// candidate is a key of the image, with its number.
type candidate struct {
	Found
	number string
}

// named are the keys of the image.
func named(o *facts.Observer) (all []candidate, err error) {
	held, err := facts.Keys.Of(o)
	if err != nil {
		return nil, err
	}
	for _, k := range held {
		all = append(all, candidate{Found{What: Key, Public: k.Public, Key: &k, Location: k.Location}, k.Number})
	}
	certificates, err := facts.Certificates.Of(o)
	if err != nil {
		return nil, err
	}
	for _, c := range certificates {
		all = append(all, candidate{Found{What: Certificate, Public: c.Public, Location: c.Location}, c.Number})
	}
	boot, err := facts.BootKeys.Of(o)
	if err != nil {
		return nil, err
	}
	for _, k := range boot {
		all = append(all, candidate{Found{What: BootKey, Public: k.Public, Location: k.Location}, k.Number})
	}
	signatures, err := signing.Signatures.Of(o)
	for _, s := range signatures {
		all = append(all, candidate{Found{What: Signature, Kind: s.Kind, Location: s.Location}, keys.Number(s.PublicKey)})
	}
	return all, err
}
