// Package storage holds the checks of the principle that credentials and sensitive
// data are stored securely.
package storage
