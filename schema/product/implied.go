package product

// product is the one product of the files, with what it implies filled in.
func (f *file) product() *Product {
	p := &f.Products[0]
	p.Keys = f.Keys
	for i := range p.Keys {
		if key, err := p.Keys[i].PublicKey(); err == nil && p.Keys[i].Algorithm == "" {
			p.Keys[i].Algorithm = algorithmOf(key)
		}
	}
	for i := range p.Interfaces {
		if p.Interfaces[i].Kind == "" {
			p.Interfaces[i].Kind = interfaceKinds[p.Interfaces[i].ID]
		}
	}
	for i, m := range f.Manufacturers {
		if p.Maker == nil && len(f.Manufacturers) == 1 {
			p.Maker = &Ref{ID: "manufacturer." + m.ID}
		}
		if p.Maker != nil && p.Maker.Label() == m.ID {
			p.Manufacturer = &f.Manufacturers[i]
		}
	}
	if p.Release != nil && p.Release.For == nil {
		p.Release.For = &Ref{ID: "firmware." + p.Firmwares[0].ID}
	}
	if u := p.Update; u != nil && len(u.SignedBy) == 0 && len(f.Keys) == 1 && f.Keys[0].signsUpdates() && u.Mechanism != "none" {
		u.SignedBy = []Ref{{ID: "key." + f.Keys[0].ID}}
	}
	return p
}

// signsUpdates reports whether the key may be taken for the one of updates: its
// uses say so, or say nothing.
func (k Key) signsUpdates() bool {
	for _, use := range k.Uses {
		if use == "firmware" || use == "update-manifest" {
			return true
		}
	}
	return len(k.Uses) == 0
}

// interfaceKinds are the kinds of interfaces whose label says what they are.
var interfaceKinds = map[string]string{
	"ethernet": "network", "lan": "network", "wan": "network", "wifi": "network", "wlan": "network",
	"ble": "radio", "bluetooth": "radio", "lora": "radio", "nfc": "radio", "thread": "radio", "z-wave": "radio", "zigbee": "radio",
	"jtag": "debug", "swd": "debug", "uart": "debug",
	"rs232": "serial", "rs485": "serial", "serial": "serial",
	"usb": "usb",
}
