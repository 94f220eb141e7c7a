package personaldata

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed sensors.md
var sensorsDoc string

// Sensors fails a product in whose image a camera, microphone, positioning or
// radio shows that the maker does not declare.
var Sensors = &checks.Check{
	ID:        "personaldata/sensors",
	Title:     "every sensor and radio that shows in the image is declared",
	Doc:       sensorsDoc,
	Remedy:    "Declare the sensor or the radio interface, or leave its driver and programs out of the image.",
	Principle: assay.PersonalData,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.8-3"},
	Version:   4,
	Needs:     checks.Needs(facts.Sensors, facts.Roots, facts.RootPlaces),
	Run:       sensors,
}

// maxPlaces is how many places one finding names.
const maxPlaces = 10

func sensors(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	var found []assay.Finding
	seen := checks.Ask(c, facts.Sensors)
	for _, kind := range kindsOf(seen) {
		severity, places := signsOf(seen, kind)
		present, absent, at := declared(p, kind)
		switch {
		case absent:
			found = append(found, checks.Contradiction(severity, "declared absent, but in the image: "+kind, at, places...))
		case !present:
			f := checks.Observed(severity, kind+" is in the image and not declared", places...)
			f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindAbsent, Note: "sensor or interface " + kind, Location: checks.Place(p.Range)})
			found = append(found, f)
		}
	}
	if len(found) == 0 && len(seen) == 0 && len(checks.Ask(c, facts.Roots)) == 0 {
		return c.Inconclusive("the image holds no root file system in which sensors would show")
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}

func kindsOf(seen []facts.Sensor) []string {
	var kinds []string
	for _, s := range seen {
		kinds = append(kinds, s.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// signsOf gives how grave the signs of a kind are, and their places, the
// gravest first: a driver alone is no sensor.
func signsOf(seen []facts.Sensor, kind string) (assay.Severity, []assay.Location) {
	severity := assay.Medium
	var places, drivers []assay.Location
	for _, s := range seen {
		switch {
		case s.Kind != kind:
		case s.Sign == facts.SignDriver:
			drivers = append(drivers, s.Location)
		default:
			severity = assay.High
			places = append(places, s.Location)
		}
	}
	places = append(places, drivers...)
	return severity, places[:min(len(places), maxPlaces)]
}

// otherNames are words by which makers declare a kind.
var otherNames = map[string][]string{
	"camera":     {"camera", "video", "image", "webcam", "imager", "picture", "photo"},
	"microphone": {"microphone", "audio", "sound", "voice", "speech", "mic"},
	"location":   {"location", "gps", "gnss", "position", "positioning", "galileo", "glonass"},
	"wifi":       {"wifi", "wi-fi", "wlan", "wireless"},
	"bluetooth":  {"bluetooth", "ble", "bt"},
	"zigbee":     {"zigbee", "thread", "ieee802154", "matter"},
	"cellular":   {"cellular", "lte", "modem", "5g", "4g", "gsm", "nb-iot", "wwan", "mobile"},
	"nfc":        {"nfc", "rfid"},
}

// declared says whether a kind is declared present or absent, and where.
func declared(p *product.Product, kind string) (present, absent bool, at hcl.Range) {
	for _, s := range p.Sensors {
		if !speaksOf(kind, append([]string{s.ID}, s.Senses...)...) {
			continue
		}
		if s.Present == nil || *s.Present {
			return true, false, s.Range
		}
		absent, at = true, s.Range
	}
	if absent {
		return false, true, at
	}
	for _, i := range p.Interfaces {
		if speaksOf(kind, i.ID) {
			return true, false, i.Range
		}
	}
	return false, false, hcl.Range{}
}

// speaksOf reports whether one of the texts holds a word for the kind.
func speaksOf(kind string, texts ...string) bool {
	for _, text := range texts {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == '_' || r == ' ' || r == '.' || r == '/' })
		for _, w := range words {
			for _, name := range otherNames[kind] {
				if w == name || strings.TrimRight(w, "0123456789") == name || strings.HasPrefix(w, name+"-") || len(name) > 3 && strings.HasSuffix(w, "-"+name) {
					return true
				}
			}
		}
	}
	return false
}
