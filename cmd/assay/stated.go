package main

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/labels/verify"
)

// maxRelease is the size of the largest file that says what a system is, in bytes.
const maxRelease = 64 << 10

// distributions are systems that many products are built of: their names and
// versions are not those of a product. These are the values of ID in os-release.
var distributions = []string{
	"alpine", "android", "arch", "buildroot", "debian", "fedora", "lede", "linux", "nodistro", "openwrt", "poky", "raspbian", "rhel", "ubuntu", "yocto",
}

// bearers are the attributes of containers, by type, that name a product or hold the
// version of its firmware. Those of the other containers are of the container.
var bearers = map[string]struct{ products, versions []string }{
	"rauc":       {[]string{"compatible"}, []string{"version"}},
	"swupdate":   {[]string{"name"}, []string{"version"}},
	"mender":     {[]string{"device-types"}, nil},
	"mcuboot":    {nil, []string{"version"}},
	"matter-ota": {nil, []string{"version"}},
}

// statedBy gives what an image says of itself: its update containers, and the
// file that says what system it is (os-release(5)). An image that cannot be read
// says nothing.
func statedBy(ctx context.Context, src firmware.Source) verify.Stated {
	var s verify.Stated
	img, err := firmware.Open(ctx, src, firmware.Options{})
	if err != nil {
		return s
	}
	for _, c := range img.Containers {
		b := bearers[c.Type]
		for _, name := range b.products {
			s.Products = append(s.Products, strings.Fields(c.Attributes[name])...)
		}
		for _, name := range b.versions {
			s.Versions = append(s.Versions, c.Attributes[name])
		}
	}
	for _, f := range img.Files {
		if path.Base(f.Path) == "os-release" && f.Kind == firmware.Regular && f.Size <= maxRelease {
			if data, err := f.ReadFile(); err == nil {
				released(&s, data)
			}
		}
	}
	return verify.Stated{Products: once(s.Products), Versions: once(s.Versions)}
}

// released reads what an os-release says of the product: the image's own name and
// version first, where it has them, else the system's.
func released(s *verify.Stated, file []byte) {
	values := map[string]string{}
	for line := range bytes.Lines(file) {
		if key, value, ok := strings.Cut(strings.TrimSpace(string(line)), "="); ok {
			values[key] = strings.Trim(value, `"'`)
		}
	}
	product, version := "IMAGE_ID", "IMAGE_VERSION"
	if values[product] == "" {
		product, version = "ID", "VERSION_ID"
	}
	if slices.Contains(distributions, strings.ToLower(values[product])) {
		return
	}
	s.Products = append(s.Products, values[product])
	s.Versions = append(s.Versions, values[version])
}

// once gives each text that is not empty once, in order.
func once(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(list)
	return slices.Compact(list)
}
