// Package apikey manages API keys, by which programs act for an account, and the tokens that they are exchanged for.
package apikey
