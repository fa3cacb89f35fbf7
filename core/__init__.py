"""Rules and data of every domain; knows no HTTP and no Functions types outside platform/http."""
