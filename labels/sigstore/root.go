package sigstore

import (
	"fmt"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// MaxRoot is the size of the largest trusted root that is read, in bytes.
const MaxRoot = 1 << 20

// Root is what certificates, log entries and timestamps are judged by: the keys
// of authorities and logs, each with its time of validity.
type Root struct{ material root.TrustedMaterial }

// NoRoot trusts no authority and no log; only a key can be verified with it.
func NoRoot() *Root { return &Root{root.TrustedMaterialCollection{}} }

// ParseRoot reads a Sigstore trusted root, trusted_root.json.
func ParseRoot(data []byte) (*Root, error) {
	if len(data) > MaxRoot {
		return nil, fmt.Errorf("trusted root: %d bytes, more than %d", len(data), MaxRoot)
	}
	m, err := root.NewTrustedRootFromJSON(data)
	if err != nil {
		return nil, fmt.Errorf("trusted root: %w", err)
	}
	return &Root{m}, nil
}

// Strictest is the most that can be asked under this root: of each kind of
// witness that it knows, one.
func (r *Root) Strictest() Demand {
	one := func(n int) int { return min(n, 1) }
	return Demand{
		Times: one(len(r.material.TimestampingAuthorities()) + len(r.material.RekorLogs())),
		Logs:  one(len(r.material.RekorLogs())), CT: one(len(r.material.CTLogs())),
	}
}
