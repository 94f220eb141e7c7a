package checktest

import (
	"errors"

	"github.com/assay-iot/assay/schema/product"
)

func load(string) (*product.Product, error) {
	return nil, errors.New("a fixture with a product file needs the product language")
}
