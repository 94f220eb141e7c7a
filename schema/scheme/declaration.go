package scheme

import (
	"strings"

	"github.com/assay-iot/assay"
)

// Answer is what a declaration says about one path. The zero Answer is Silent:
// what nobody described is neither there nor absent.
type Answer uint8

// The answers.
const (
	Silent Answer = iota
	Yes
	No
)

func (a Answer) String() string { return [...]string{"silent", "yes", "no"}[a] }

// Said is what a declaration says at one path, and where.
type Said struct {
	Answer   Answer
	Each     bool // every block of the kind says something here
	Location assay.Location
}

// Declaration is what a maker declares, by path. [Describe] makes one from a
// product. A path is made of names of the product language:
//
//	path  = block *( "." block ) [ "." attribute [ "=" value ] ]
//	      / attribute                  ; of the product itself, as "models"
//
// "credential" is any credential block, "interface.service.login" the attribute
// login of any service of any interface, "credential.initial=user-set" that
// attribute with that value, "data.where=cloud" a list that holds that value.
// Labels take no part: there is no path for credential "owner" alone. Blocks of
// the manufacturer stand at the top: "vulnerability_disclosure.policy".
//
//   - A block says Yes, or No if every block of its kind has present = false. In
//     the latter case all that would be below it says No too.
//   - An attribute says Yes if any block gives it a value other than false or
//     "none", and No if every block of its kind gives it false or "none".
//   - A value says Yes if any block gives it, and No if every block of the kind
//     gives another value.
//   - Everything else is Silent.
type Declaration map[string]Said

// Says gives the answer for a path.
func (d Declaration) Says(path string) Said {
	if s, ok := d[path]; ok {
		return s
	}
	if attribute, _, ok := strings.Cut(path, "="); ok {
		s := d.Says(attribute)
		if s.Each || s.Answer == No {
			return Said{Answer: No, Location: s.Location}
		}
		return Said{}
	}
	for parent := path; ; {
		i := strings.LastIndexByte(parent, '.')
		if i < 0 {
			return Said{}
		}
		parent = parent[:i]
		if s, ok := d[parent]; ok && s.Answer == No {
			return s
		}
	}
}

// denies reports whether another value than the one that the fact asks for is
// given.
func (d Declaration) denies(f Fact) bool {
	for _, p := range f.Paths() {
		if d.Says(p).Answer == No {
			return true
		}
	}
	return false
}

// Describes reports whether the fact is described: something is said at one of
// its paths, be it that the thing is absent. A path with a value is described
// only if the value is given.
func (d Declaration) Describes(f Fact) bool {
	for _, p := range f.Paths() {
		switch s := d.Says(p); {
		case s.Answer == Yes:
			return true
		case s.Answer == No && !strings.Contains(p, "="):
			return true
		}
	}
	return false
}
