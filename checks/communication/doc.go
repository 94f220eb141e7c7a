// Package communication holds the checks of the principle that security-sensitive data
// is protected in transit.
package communication
