package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
)

// The limits of a list of labels.
const (
	maxBatchList = 64 << 20 // bytes
	maxBatch     = 1 << 20  // labels
)

// order is one label of a batch.
type order struct {
	line       int    // of the list; 0 in a folder
	assessment string // file
	name       string // of the label's folder
	validUntil string // last day; empty for what --valid-until says
}

func (o order) String() string {
	if o.line == 0 {
		return o.assessment
	}
	return fmt.Sprintf("line %d, %s", o.line, o.assessment)
}

// readBatch reads the list of a batch: a folder of assessments, or a CSV file.
func readBatch(name string) ([]order, error) {
	info, err := os.Stat(name)
	var orders []order
	switch {
	case err != nil:
		return nil, badInput("check the path", "--batch: %w", err)
	case info.IsDir():
		orders, err = folderBatch(name)
	default:
		var data []byte
		if data, err = readLimited(name, maxBatchList); err != nil {
			return nil, err
		}
		orders, err = csvBatch(data, filepath.Dir(name))
	}
	if err == nil {
		err = checkOrders(orders)
	}
	if err != nil {
		return nil, badInput("see \"assay label --help\", --batch", "--batch %s: %w", name, err)
	}
	return orders, nil
}

// folderBatch takes every file of a folder whose name ends in .json.
func folderBatch(dir string) (orders []order, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") {
			orders = append(orders, order{assessment: filepath.Join(dir, f.Name()), name: orderName(f.Name())})
		}
	}
	return orders, nil
}

// orderName is the name of a label's folder if the list gives none: that of the
// assessment without its ending.
func orderName(file string) string {
	name := filepath.Base(file)
	for _, ending := range []string{".json", ".sigstore"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// csvBatch reads a table whose first line names its columns. Paths go from dir.
func csvBatch(data []byte, dir string) (orders []order, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("its first line must name the columns: %w", err)
	}
	columns := slices.Clone(head)
	if err := checkColumns(columns); err != nil {
		return nil, err
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return orders, nil
		} else if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(orders) == maxBatch {
			return nil, fmt.Errorf("line %d: more than %d labels", line, maxBatch)
		}
		o := order{line: line}
		for i, value := range row {
			switch columns[i] {
			case "assessment":
				o.assessment = value
			case "name":
				o.name = value
			case "valid_until":
				o.validUntil = value
			}
		}
		if o.assessment == "" {
			return nil, fmt.Errorf("line %d names no assessment", line)
		}
		if o.name == "" {
			o.name = orderName(o.assessment)
		}
		if !filepath.IsAbs(o.assessment) {
			o.assessment = filepath.Join(dir, o.assessment)
		}
		orders = append(orders, o)
	}
}

func checkColumns(columns []string) error {
	for i, c := range columns {
		switch {
		case c != "assessment" && c != "name" && c != "valid_until":
			return fmt.Errorf("line 1: there is no column %q: assessment, name, valid_until", c)
		case slices.Contains(columns[:i], c):
			return fmt.Errorf("line 1: the column %q stands there twice", c)
		}
	}
	if !slices.Contains(columns, "assessment") {
		return errors.New("line 1: there is no column \"assessment\"")
	}
	return nil
}

var orderForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}$`) })

// checkOrders demands names that can be folders anywhere, each once.
func checkOrders(orders []order) error {
	if len(orders) == 0 {
		return errors.New("it names no assessment")
	}
	seen := map[string]order{}
	for _, o := range orders {
		key := strings.ToLower(o.name)
		if !orderForm().MatchString(o.name) || key == batchFile {
			return fmt.Errorf("%s: %q is no name for a label's folder: letters, digits, . _ + -, at most 100", o, o.name)
		}
		if first, twice := seen[key]; twice {
			return fmt.Errorf("%s: the name %q is that of %s too", o, o.name, first)
		}
		seen[key] = o
		if o.validUntil != "" {
			if _, err := assay.Date(o.validUntil); err != nil {
				return fmt.Errorf("%s: valid_until %q is not a date, as 2027-11-23", o, o.validUntil)
			}
		}
	}
	return nil
}
