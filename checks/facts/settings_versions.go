package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// brokerScan finds brokers and data bases whose version decides where they wait when they
// are not told, and whether they are of those that answer to the device alone.
var brokerScan = &Scan[broker]{
	Name:    "brokers",
	Version: 1,
	Doc:     "Programs of mosquitto and MongoDB, and whether they answer to the device alone unless told otherwise.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && slices.ContainsFunc(brokerVersions, func(v brokerVersion) bool { return strings.HasPrefix(path.Base(f.Name), v.name) })
	},
	See: func(f *firmware.File, content []byte) []broker {
		for _, v := range brokerVersions {
			if strings.HasPrefix(path.Base(f.Name), v.name) && bytes.Contains(content, []byte(v.its)) {
				return []broker{{f, KnownOf(bytes.Contains(content, []byte(v.local)))}}
			}
		}
		return nil
	},
}

// brokerVersion is how a program shows that it is what its name says, and that it is of a
// version that waits on the device itself alone.
type brokerVersion struct{ name, its, local string }

var brokerVersions = []brokerVersion{
	{"mosquitto", "mosquitto version ", "Starting in local only mode"}, // since 2.0
	{"mongod", "bind_ip", "bind_ip_all"},                               // both changes came with 3.6
}

// broker is such a program.
type broker struct {
	file  *firmware.File
	local Known
}

// localAlone says whether the program of a service answers to the device alone unless it
// is told otherwise.
func (g *boot) localAlone(s *Service) Known {
	f, _ := g.root.Lookup(s.Program)
	return g.brokers[f]
}
