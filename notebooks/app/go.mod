module example.com/welcome

go 1.26.0

require (
	github.com/gomodule/redigo v1.9.3
	github.com/gorilla/mux v1.8.1
)

require github.com/stretchr/testify v1.12.1 // indirect
