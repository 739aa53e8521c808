// Package handover hands over passwords by secret links, which can be read a number of times and leave a receipt.
package handover
