// Package api serves the REST API: what operators do on the pages, for programs that have a key. Its contract is generated from the
// types here, see openapi.json. The use cases and the rules of who may do what are those of the pages.
package api
