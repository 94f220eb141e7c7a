package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/checks/facts/knownkeys"
	"github.com/assay-iot/assay/checks/lifecycle"
)

// newDataCommand is "assay data". Each command below it has a file of its own.
func (p *program) newDataCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "data", Short: "Build and look into offline data that checks are given with --data", Args: noArgs, RunE: help,
		Long: `Data builds a data set of known vulnerabilities, or a list of compromised keys, from
files that you downloaded, and looks into it. Nothing here asks the network. Give the
folder to "assay check", "assay inspect" or "assay label" with --data.`,
	}
	c.AddCommand(p.dataBuildCommand(), p.dataVerifyCommand(), p.dataShowCommand(), p.dataImportCommand())
	return c
}

// demoData is the name of the data set that the program carries.
const demoData = "demo"

// offline is what --data names: records of vulnerabilities, compromised keys, or
// both.
type offline struct {
	set  *advisories.Set
	keys *knownkeys.List
}

func openOffline(name string) (offline, error) {
	set, err := openData(name)
	if err != nil {
		return offline{}, err
	}
	keys, err := openKeyList(name)
	if err != nil {
		return offline{}, errors.Join(err, set.Close())
	}
	return offline{set, keys}, nil
}

// named gives the digest and date of the data set; nil if there is none.
func (d offline) named() *assay.DataSet {
	if d.set == nil {
		return nil
	}
	is := d.set.Describe()
	return &is
}

func (d offline) close() {
	_ = errors.Join(d.set.Close(), d.keys.Close()) // they were only read
}

// supply gives the data to an observation.
func (d offline) supply(o *facts.Observation) {
	supplyData(d.set, o)
	supplyKeyList(d.keys, o)
}

// openData opens the data set that --data names; nil if it names none.
func openData(name string) (*advisories.Set, error) {
	switch name {
	case "":
		return nil, nil
	case demoData:
		return advisories.Demo()
	}
	set, err := advisories.Open(name)
	if errors.Is(err, advisories.ErrNotData) && knownkeys.Holds(name) {
		return nil, nil
	}
	if err != nil {
		return nil, dataError("--data", name, err)
	}
	return set, nil
}

// dataError says that what was given is no data set.
func dataError(flag, name string, err error) error {
	const fix = "\"assay data build --out FOLDER\" makes one"
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, advisories.ErrNotData) {
		return badInput(fix, "%s %s: %w", flag, name, err)
	}
	return fmt.Errorf("%s %s: %w", flag, name, err)
}

// dataFolders are what must be readable for a data set.
func dataFolders(name string) []string {
	if name == "" || name == demoData {
		return nil
	}
	return []string{name}
}

// supplyData gives a data set to an observation.
func supplyData(set *advisories.Set, o *facts.Observation) {
	if set == nil || o == nil {
		return
	}
	advisories.DataSet.Supply(o, set, nil)
	if set.Ends != nil {
		advisories.EndOfLife.Supply(o, set.Ends, nil)
	}
}

// ofData reports a fact that follows from the offline data.
func ofData(n facts.Node) bool {
	return slices.Contains([]facts.Node{advisories.Vulnerabilities, advisories.EndOfLife, knownkeys.Blocklist, knownkeys.Compromised}, n)
}

// vulnerabilities names the data set that was looked into, and lists what the
// maker's VEX documents say of what was found.
func (j *judged) vulnerabilities(s checks.Subject) {
	for _, part := range s.Images {
		if part.Observation == nil {
			continue
		}
		r, err := advisories.Vulnerabilities.Of(part.Observation.For("label", []facts.Node{advisories.Vulnerabilities}))
		if err != nil || r.Data == (assay.DataSet{}) {
			continue
		}
		j.assessment.Data = &r.Data
		j.assessment.Exceptions = append(j.assessment.Exceptions, lifecycle.Declared(j.product, part.Firmware, r, s.AsOf)...)
	}
}

// dataLine says in words which data set it was.
func dataLine(d assay.DataSet) string {
	if d.Demo {
		return "Known vulnerabilities: by the demonstration data, which holds a few records only"
	}
	return fmt.Sprintf("Known vulnerabilities: by the data set of %s, %s", d.AsOf, d.Digest)
}
