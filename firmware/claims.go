package firmware

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// beside finds a part by its name, for a container that lies in another part of
// the same header or archive. It gives the part's bytes and its path; the path is
// empty where there is none. own is what the container lies in.
type beside struct {
	own  func(c *Container) string
	find func(own, name string) (in format.Input, path string)
}

// slots stand behind the name of a partition of which there are two.
var slots = []string{"_a", "_b"}

// partsBeside are the parts of a header: partitions.
func partsBeside(k *Container, in format.Input, parts []format.Part) beside {
	path := func(p format.Part) string { return k.Path + "!" + p.Name }
	return beside{
		own: func(c *Container) string {
			for _, p := range parts {
				if p.Name != "" && strings.HasPrefix(c.Path, path(p)+"!") {
					return p.Name
				}
			}
			return ""
		},
		find: func(own, name string) (format.Input, string) {
			wanted := []string{name}
			for _, s := range slots {
				if strings.HasSuffix(own, s) {
					wanted = []string{name + s, name}
				}
			}
			for _, name := range wanted {
				for _, p := range parts {
					if p.Name == name && p.Bytes.ReaderAt == nil {
						return in.Section(p.Offset, p.Length), path(p)
					}
				}
			}
			return format.Input{}, ""
		},
	}
}

// imageEnding is that of a file which is the content of a partition.
const imageEnding = ".img"

// filesBeside are the files of an archive: images of partitions.
func filesBeside(k *Container) beside {
	return beside{
		own: func(c *Container) string {
			for p := c; p != nil; p = p.Parent {
				if p.Parent == k {
					name, _, _ := strings.Cut(strings.TrimPrefix(p.Path, k.Path+"!"), imageEnding+"!")
					return name
				}
			}
			return ""
		},
		find: func(own, name string) (format.Input, string) {
			folder := own[:strings.LastIndexByte(own, '/')+1]
			f, ok := k.Lookup(folder + name + imageEnding)
			if !ok || f.Kind != Regular {
				return format.Input{}, ""
			}
			content, err := f.ReadFile()
			if err != nil {
				return format.Input{}, ""
			}
			return format.InMemory(content), f.Path
		},
	}
}

// maxClaims is how many claims of one container are compared.
const maxClaims = 64

// settle compares what containers claim of the parts beside theirs. Only the end of
// the context is an error.
func (o *opener) settle(inside []*Container, at beside) error {
	for _, c := range inside {
		if len(c.claims) == 0 {
			continue
		}
		own := at.own(c)
		if own == "" {
			continue
		}
		open := c.claims[:min(len(c.claims), maxClaims)]
		c.claims = nil
		ctx, cancel := context.WithTimeout(o.ctx, o.opts.Limits.Time)
		for _, claim := range open {
			if part, path := at.find(own, claim.Name); path == "" || !o.compare(ctx, inside, c, claim, part, path) {
				c.claims = append(c.claims, claim)
			}
		}
		cancel()
		if err := o.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// compare settles one claim; it reports whether it could.
func (o *opener) compare(ctx context.Context, inside []*Container, c *Container, claim format.Claim, part format.Input, path string) bool {
	h := Hash{Name: claim.Name, Algorithm: "public key", Span: Span{Path: path, Length: part.Size, Beside: true}}
	if claim.Key != nil {
		for _, other := range inside {
			if !strings.HasPrefix(other.Path, path+"!") {
				continue
			}
			for _, s := range other.Signatures {
				h.OK = h.OK || bytes.Equal(s.PublicKey, claim.Key)
			}
		}
		c.Hashes = append(c.Hashes, h)
		return true
	}
	if err := o.budget.Bytes(part.Size); err != nil {
		return false
	}
	err := format.Guard(func() (err error) {
		h, err = claim.Compare(ctx, part)
		return err
	})
	if err != nil {
		h.OK, h.Problem = false, err.Error()
	}
	h.Span.Path, h.Span.Beside = path, true
	c.Hashes = append(c.Hashes, h)
	if h.OK {
		for i := range c.Signatures {
			c.Signatures[i].Through = append(slices.Clip(c.Signatures[i].Through), h.Span)
		}
	}
	return true
}

// unsettled notes the claims of which the part was not found.
func (o *opener) unsettled() {
	for _, c := range o.img.Containers {
		for _, claim := range c.claims[:min(len(c.claims), maxClaims)] {
			c.Hashes = append(c.Hashes, Hash{Name: claim.Name, Problem: "no part of that name lies beside it"})
		}
		c.claims = nil
	}
}
