package facts

import "github.com/assay-iot/assay"

// procdInstance is a service instance that an OpenWrt init script describes to
// procd between procd_open_instance and procd_close_instance.
type procdInstance struct {
	words  []string
	user   string
	env    []Assign
	unsure bool
	place  *assay.Location
}
