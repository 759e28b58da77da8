using Mambo.Backoffice;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;

var builder = MamboHost.CreateBuilder("backoffice", args);
builder.AddBackoffice();
builder.AddBus();

var app = builder.Build();
app.MapHealth();
app.MapBackoffice();
await app.RunAsync();
