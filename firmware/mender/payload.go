package mender

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
	"github.com/assay-iot/assay/firmware/tarball"
)

// file is a file inside a packed member.
type file struct {
	sum    [32]byte
	member int
}

// header is the part of header-info that is of interest.
type header struct {
	Name     string   `json:"artifact_name"` // version 2
	Devices  []string `json:"device_types_compatible"`
	Provides struct {
		Name  string `json:"artifact_name"`
		Group string `json:"artifact_group"`
	} `json:"artifact_provides"`
	Depends struct {
		Devices []string `json:"device_type"`
	} `json:"artifact_depends"`
	Payloads []struct {
		Type string `json:"type"`
	} `json:"payloads"`
	Updates []struct {
		Type string `json:"type"`
	} `json:"updates"`
}

const (
	headerInfo = "header-info"
	maxShown   = 1024
)

// unpack hashes the files in the data, and reads what the header says.
func (a *artifact) unpack(ctx context.Context) error {
	for i, e := range a.members {
		if !packed(e.Name) || a.named[e.Name] != i {
			continue
		}
		tree, err := a.archive(ctx, e)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			a.damage(e, "%s: %v", e.Name, err)
			continue
		}
		for k, inner := range tree.Entries() {
			if !inner.Mode.IsRegular() || inner.Err != nil || len(a.payload) > maxFiles {
				continue
			}
			content, err := tree.Read(k)
			if err != nil {
				a.damage(e, "%s: %s: %v", e.Name, inner.Name, err)
				continue
			}
			if strings.HasPrefix(e.Name, "header.tar") && inner.Name == headerInfo {
				a.header(content)
			}
			if dir, _, _ := strings.Cut(e.Name, ".tar"); strings.HasPrefix(dir, "data/") {
				a.payload[path.Join(dir, inner.Name)] = file{sha256.Sum256(content), i}
			}
		}
	}
	return nil
}

// archive opens a member that is a tar archive, compressed or not.
func (a *artifact) archive(ctx context.Context, e format.Entry) (format.Tree, error) {
	in := a.in.Section(e.Offset, e.Size)
	own := format.NewBudget(maxFiles, maxArchive, a.budget.FileBytes, a.budget.Ratio)
	own.Scratch = a.budget.Scratch
	for _, f := range []*format.Format{stream.Gzip, stream.XZ, stream.Zstd} {
		if string(in.Head(len(f.Magics[0].Bytes))) != f.Magics[0].Bytes {
			continue
		}
		o, err := f.Open(ctx, in, own)
		if err != nil {
			return nil, err
		}
		if len(o.Damage) > 0 {
			return nil, format.Errorf(o.Damage[0].Offset, "%s", o.Damage[0].Reason)
		}
		in, _ = o.Unpacked()
		break
	}
	o, err := tarball.Format.Open(ctx, in, own)
	if err != nil {
		return nil, err
	}
	return o.Tree, nil
}

// header notes what header-info says.
func (a *artifact) header(text []byte) {
	var h header
	if json.Unmarshal(text, &h) != nil {
		a.damage(a.members[0], "%s cannot be read", headerInfo)
		return
	}
	kinds := []string{}
	for _, p := range slices.Concat(h.Payloads, h.Updates) {
		kinds = append(kinds, p.Type)
	}
	for key, v := range map[string]string{
		"artifact-name": h.Name + h.Provides.Name, "artifact-group": h.Provides.Group,
		"device-types": strings.Join(slices.Concat(h.Devices, h.Depends.Devices), " "), "payload-types": strings.Join(kinds, " "),
	} {
		if v != "" {
			a.opened.Attributes[key] = v[:min(len(v), maxShown)]
		}
	}
}

// describe notes the version of the format.
func (a *artifact) describe() {
	var v struct {
		Version json.Number `json:"version"`
	}
	if text, ok := a.text(version); ok && json.Unmarshal([]byte(text), &v) == nil && v.Version != "" {
		a.opened.Attributes["version"] = v.Version.String()
		return
	}
	a.damage(a.members[0], "%s cannot be read", version)
}
