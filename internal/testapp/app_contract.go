package testapp

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is the OpenAPI document of the API, with the schemas of its answers. It is the same for every [App].
type contract struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Responses   map[string]struct {
			Content map[string]any `json:"content"`
		} `json:"responses"`
	} `json:"paths"`

	compiler *jsonschema.Compiler
	lock     sync.Mutex
	schemas  map[string]*jsonschema.Schema
}

var (
	contractLock sync.Mutex
	contracts    *contract
)

// contractOf reads the document that the program serves, once in a process.
func (a *App) contractOf() *contract {
	contractLock.Lock()
	defer contractLock.Unlock()
	if contracts != nil {
		return contracts
	}
	document, err := a.Document()
	if err != nil {
		a.Fatal(err)
	}
	read := &contract{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(document)))
	if err == nil {
		err = read.compiler.AddResource("api.json", value)
	}
	if err == nil {
		err = json.Unmarshal(document, read)
	}
	if err != nil {
		a.Fatal(err)
	}
	contracts = read
	return contracts
}

// Answered are the operations and statuses that were answered in this process, such as "get-me 200".
var Answered sync.Map

// checkContract fails the test unless an answer of the API is as the contract says.
func (a *App) checkContract(reply *Reply) {
	path, _, _ := strings.Cut(reply.path, "?")
	if a.Document == nil || !strings.HasPrefix(path, "/api/v1/") || reply.method == "HEAD" {
		return
	}
	contract := a.contractOf()
	for pattern, methods := range contract.Paths {
		operation, ok := methods[strings.ToLower(reply.method)]
		if !ok || !matches(pattern, path) {
			continue
		}
		status, media := fmt.Sprint(reply.Status), reply.Header.Get("Content-Type")
		Answered.Store(operation.OperationID+" "+status, true)
		response, ok := operation.Responses[status]
		if !ok {
			a.Errorf("%s %s answers %s, which the contract does not have: %.300s", reply.method, pattern, status, reply.Body)
			return
		}
		if len(response.Content) == 0 {
			if reply.Body != "" {
				a.Errorf("%s %s answers %s with %q, and the contract has no content", reply.method, pattern, status, reply.Body)
			}
			return
		}
		if _, ok := response.Content[media]; !ok {
			a.Errorf("%s %s answers %s with %s", reply.method, pattern, status, media)
			return
		}
		place := "api.json#/paths/" + escape(pattern) + "/" + strings.ToLower(reply.method) + "/responses/" + status + "/content/" + escape(media) + "/schema"
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(reply.Body))
		if err == nil {
			err = contract.validate(place, value)
		}
		if err != nil {
			a.Errorf("%s %s, %s: %v\n%.500s", reply.method, pattern, status, err, reply.Body)
		}
		return
	}
}

func (c *contract) validate(place string, value any) error {
	c.lock.Lock()
	defer c.lock.Unlock()
	schema := c.schemas[place]
	if schema == nil {
		compiled, err := c.compiler.Compile(place)
		if err != nil {
			return err
		}
		schema, c.schemas[place] = compiled, compiled
	}
	return schema.Validate(value)
}

// escape writes a name as a part of a JSON Pointer in a URI fragment.
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
}

// matches reports whether a path is of a pattern such as /accounts/{id}.
func matches(pattern, path string) bool {
	parts, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(parts) != len(given) {
		return false
	}
	for i, part := range parts {
		if part != given[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}
