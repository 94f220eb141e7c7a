// Package lifecycle holds the checks of the principle that security is cared for through
// design, development and the whole life of the product.
package lifecycle
