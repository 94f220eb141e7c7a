// Command generate writes the reference page and the JSON Schema of the product
// language. Run it with "go generate ./schema/...".
package main

import (
	"fmt"
	"os"

	"github.com/assay-iot/assay/schema/product"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	schema, err := product.JSONSchema()
	if err != nil {
		return err
	}
	if err := os.WriteFile("product.schema.json", schema, 0o644); err != nil {
		return err
	}
	return os.WriteFile("../README.md", product.Reference(), 0o644)
}
