using Mambo.Deployer;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;

var builder = MamboHost.CreateBuilder("deployer", args);
builder.AddDeployer();
builder.AddBus();

var app = builder.Build();
app.MapHealth();
app.MapDeployer();
await app.RunAsync();
